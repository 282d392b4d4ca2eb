"""What the product is measured against: the plain LlamaIndex stack, put together as its documentation shows.

SentenceSplitter, VectorStoreIndex over ChromaVectorStore, BM25Retriever (Russian stemmer and stop words)
and QueryFusionRetriever by reciprocal rank, with our encoder in the place of a downloaded one. Needs the
packages of the `dev` extra.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from eval import metrics
from eval.beir import BeirSet
from eval.errors import EvaluationError
from rag.types import Article, Encoder

SHOWN = 10  # nodes asked for, as many as our search gives
_CHUNK = 512  # tokens, as in the documentation of BM25Retriever: two of our passages


@dataclass(frozen=True, slots=True)
class Baseline:
    """The stack over some articles. `seconds` is what building it took."""

    retriever: Any
    nodes: int
    seconds: float

    def search(self, question: str) -> list[str]:
        """Ids of the articles found, best first."""
        found = self.retriever.retrieve(question)
        return list(dict.fromkeys(node.node.metadata["article_id"] for node in found))


def build(articles: Iterable[Article], encoder: Encoder, folder: Path) -> Baseline:
    """Index `articles` into `folder`. Raises EvaluationError where a package is missing."""
    try:
        return _build(articles, encoder, folder)
    except ModuleNotFoundError as error:
        raise EvaluationError(
            f"Для сравнения с LlamaIndex нет пакета {error.name}. Поставьте его: make setup"
        ) from error


def _build(articles: Iterable[Article], encoder: Encoder, folder: Path) -> Baseline:
    import chromadb
    import Stemmer
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.storage.docstore import SimpleDocumentStore
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.chroma import ChromaVectorStore

    from rag.retrieval.llama_models import SnoskaEmbedding

    start = perf_counter()
    documents = [
        Document(
            text=article.text,
            doc_id=article.id,
            metadata={"article_id": article.id, "title": article.info.title},
            excluded_embed_metadata_keys=["article_id"],
        )
        for article in articles
    ]
    nodes = SentenceSplitter(chunk_size=_CHUNK).get_nodes_from_documents(documents)
    client = chromadb.PersistentClient(str(folder), settings=chromadb.Settings(anonymized_telemetry=False))
    vectors = ChromaVectorStore(chroma_collection=client.get_or_create_collection("baseline"))
    texts = SimpleDocumentStore()
    texts.add_documents(nodes)
    storage = StorageContext.from_defaults(docstore=texts, vector_store=vectors)
    index = VectorStoreIndex(nodes, storage_context=storage, embed_model=SnoskaEmbedding(encoder))
    words = BM25Retriever.from_defaults(
        nodes=nodes, similarity_top_k=SHOWN, stemmer=Stemmer.Stemmer("russian"), language="russian"
    )
    storage.persist(str(folder / "storage"))
    words.persist(str(folder / "bm25"))
    fused = QueryFusionRetriever(
        [index.as_retriever(similarity_top_k=SHOWN), words],
        llm=MockLLM(),  # not asked: one query means the question as it is
        num_queries=1,
        similarity_top_k=SHOWN,
        mode="reciprocal_rerank",
        use_async=False,
    )
    return Baseline(fused, len(nodes), perf_counter() - start)


def quality(baseline: Baseline, beir: BeirSet) -> float:
    """nDCG@10 by article over the questions of `beir`, which `baseline` was built of."""
    asked: Sequence[Any] = [query for query in beir.queries if query.text.strip()]
    found = [metrics.ndcg(baseline.search(query.text), beir.grades[query.id], 10) for query in asked]
    return sum(found) / len(beir.queries)
