"""The error tree. Every message is Russian: what happened, where, and what to do next.

    RagError
    ├── SettingsError        a RAG_* setting is unknown or has a wrong value
    ├── LibraryBusyError     another process owns the data folder
    ├── LibraryError         the data folder can't be read, written or repaired
    │   ├── DamagedError     its database is broken: what can be read again has to be
    │   └── LibraryAwayError  its database can't be reached just now
    ├── ArticleError         one file or upload can't become an article
    │   └── UnknownKindError  it is of a kind that isn't read
    ├── NotFoundError        no article with that id
    ├── QuestionError        the question is empty, too long or not a question
    ├── KeyringError         a key can't be made or isn't there
    ├── WrongTypeError       a program handed over a value of another type than is wanted
    ├── EvaluationError      a question set or a run of one can't be used
    ├── ModelError           an encoder or reranker can't be loaded
    └── LLMError             a language model gave no usable answer

"There is no answer in the corpus" is an answer, not an error.
"""


class RagError(Exception):
    """Base of everything the product reports; `str(error)` is ready to be shown to a user."""


class SettingsError(RagError):
    """A RAG_* setting is unknown or has a wrong value."""


class LibraryBusyError(RagError):
    """Another process owns the data folder."""


class LibraryError(RagError):
    """The data folder can't be read, written or repaired."""


class DamagedError(LibraryError):
    """The database of the library is broken, not just full, locked or of a newer program."""


class LibraryAwayError(LibraryError):
    """The database of the library can't be reached just now: who asks again may be answered."""


class ArticleError(RagError):
    """One file or upload can't become an article; the others still can."""


class UnknownKindError(ArticleError):
    """A file of a kind that isn't read: it is passed over, and told."""


class NotFoundError(RagError):
    """No article with that id is in the library."""


class QuestionError(RagError):
    """The question is empty, too long or has no words in it."""


class WrongTypeError(RagError, TypeError):
    """A program handed over a value of another type than is wanted."""


class KeyringError(RagError):
    """A key of the server can't be made as it was asked for, or isn't there."""


class EvaluationError(RagError):
    """An input of an evaluation is missing, broken or doesn't fit the others."""


class ModelError(RagError):
    """An encoder or reranker can't be loaded."""


class LLMError(RagError):
    """A language model gave no usable answer; `again` tells whether asking once more may help.

    Its text is the beginning of a note, not a sentence.
    """

    def __init__(self, message: str, again: bool = False) -> None:
        super().__init__(message)
        self.again = again
