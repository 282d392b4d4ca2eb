"""Serve the chat page and the API on RAG_HOST:RAG_PORT; the same as `snoska serve`."""

import sys

from rag.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
