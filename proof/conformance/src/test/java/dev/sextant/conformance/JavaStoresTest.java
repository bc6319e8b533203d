package dev.sextant.conformance;

import static dev.langchain4j.store.embedding.filter.MetadataFilterBuilder.metadataKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.filter.Filter;
import dev.langchain4j.store.embedding.milvus.MilvusEmbeddingStore;
import dev.sextant.fixture.ServerProcess;
import io.milvus.client.MilvusServiceClient;
import io.milvus.common.clientenum.ConsistencyLevelEnum;
import io.milvus.param.ConnectParam;
import io.milvus.param.IndexType;
import io.milvus.param.MetricType;
import io.milvus.param.credential.CreateCredentialParam;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.AbstractEmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.milvus.MilvusVectorStore;

/// The stores that others have built on Milvus' Java client, unmodified, at work on a server that asks who is there.
@Tag("conformance")
class JavaStoresTest {
    private static final String ROOT = "root:Milvus-root";
    private static final String STRANGER = "stranger:secret-stranger";

    @TempDir
    static Path directory;

    private static ServerProcess server;

    @BeforeAll
    static void start() {
        server = ServerProcess.brief(directory.resolve("stores"), Map.of("SEXTANT_ROOT_PASSWORD", "Milvus-root"));
        var root = client(ROOT);
        root.createCredential(CreateCredentialParam.newBuilder()
                .withUsername("stranger")
                .withPassword("secret-stranger")
                .build());
        root.close();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static MilvusServiceClient client(String token) {
        return new MilvusServiceClient(
                ConnectParam.newBuilder().withUri(server.uri()).withToken(token).build());
    }

    // ---- Spring AI

    private static final class Words extends AbstractEmbeddingModel {
        @Override
        public EmbeddingResponse call(EmbeddingRequest request) {
            var all = new ArrayList<org.springframework.ai.embedding.Embedding>();
            for (var text : request.getInstructions())
                all.add(new org.springframework.ai.embedding.Embedding(Passages.embedding(text), all.size()));
            return new EmbeddingResponse(all);
        }

        @Override
        public float[] embed(Document document) {
            return Passages.embedding(document.getText());
        }

        @Override
        public int dimensions() {
            return Passages.DIMENSION;
        }
    }

    private static MilvusVectorStore spring(MilvusServiceClient client) throws Exception {
        var store = MilvusVectorStore.builder(client, new Words())
                .collectionName("spring_documents")
                .embeddingDimension(Passages.DIMENSION)
                .indexType(IndexType.HNSW)
                .indexParameters("{\"M\":16,\"efConstruction\":100}")
                .metricType(MetricType.COSINE)
                .initializeSchema(true)
                .build();
        store.afterPropertiesSet();
        return store;
    }

    private static List<String> found(MilvusVectorStore store, SearchRequest.Builder request) {
        return store.similaritySearch(request.build()).stream()
                .map(Document::getId)
                .toList();
    }

    @Test
    void springAiKeepsDocuments() throws Exception {
        var texts = Passages.first(120);
        var documents = new ArrayList<Document>();
        for (int i = 0; i < texts.size(); i++)
            documents.add(new Document(
                    "d" + i,
                    texts.get(i).text(),
                    Map.of("page", texts.get(i).page(), "words", texts.get(i).words())));
        var steps = new ArrayList<String>();
        var client = client(ROOT);
        var store = spring(client);
        steps.add("create");
        store.add(documents);
        steps.add("fill");
        for (int at : new int[] {0, 60, 119})
            assertThat(found(
                            store,
                            SearchRequest.builder().query(texts.get(at).text()).topK(1)))
                    .containsExactly("d" + at);
        var page = texts.get(20).page();
        var few = store.similaritySearch(SearchRequest.builder()
                .query("what is logged cannot fail")
                .topK(10)
                .similarityThresholdAll()
                .filterExpression("page == '" + page + "' && words > 5")
                .build());
        assertThat(few)
                .isNotEmpty()
                .allMatch(each -> each.getMetadata().get("page").equals(page));
        steps.add("search");
        store.delete(List.of("d60"));
        store.add(List.of(new Document("d60", "sextants and stars", Map.of("page", "new", "words", 3))));
        assertThat(found(
                        store,
                        SearchRequest.builder().query("sextants and stars").topK(1)))
                .containsExactly("d60");
        steps.add("change");
        store.delete("page == '" + texts.get(119).page() + "'");
        steps.add("delete");
        client.close();

        server.again();
        var later = client(ROOT);
        var again = spring(later);
        assertThat(found(
                        again,
                        SearchRequest.builder().query("sextants and stars").topK(1)))
                .containsExactly("d60");
        assertThat(found(
                        again,
                        SearchRequest.builder().query(texts.get(119).text()).topK(3)))
                .doesNotContain("d119");
        steps.add("restart");
        later.close();
        var stranger = client(STRANGER);
        var theirs = MilvusVectorStore.builder(stranger, new Words())
                .collectionName("spring_documents")
                .build();
        assertThatThrownBy(() -> theirs.similaritySearch("sextants")).hasStackTraceContaining("permission deny");
        steps.add("refusal");
        stranger.close();
        ClientPage.check(ClientPage.jar(MilvusVectorStore.class), steps);
    }

    // ---- LangChain4j

    private static MilvusEmbeddingStore chained(String token) {
        return MilvusEmbeddingStore.builder()
                .uri(server.uri())
                .username(token.substring(0, token.indexOf(':')))
                .password(token.substring(token.indexOf(':') + 1))
                .collectionName("chained_segments")
                .dimension(Passages.DIMENSION)
                .indexType(IndexType.FLAT)
                .metricType(MetricType.COSINE)
                .consistencyLevel(ConsistencyLevelEnum.STRONG)
                .autoFlushOnInsert(true)
                .build();
    }

    private static List<EmbeddingMatch<TextSegment>> near(MilvusEmbeddingStore store, String text, Filter filter) {
        return store.search(EmbeddingSearchRequest.builder()
                        .queryEmbedding(Embedding.from(Passages.embedding(text)))
                        .maxResults(10)
                        .filter(filter)
                        .build())
                .matches();
    }

    @Test
    void langChain4jKeepsSegments() {
        var texts = Passages.first(120);
        var ids = new ArrayList<String>();
        var embeddings = new ArrayList<Embedding>();
        var segments = new ArrayList<TextSegment>();
        for (var text : texts) {
            ids.add(UUID.randomUUID().toString());
            embeddings.add(Embedding.from(Passages.embedding(text.text())));
            segments.add(TextSegment.from(
                    text.text(), new Metadata().put("page", text.page()).put("words", text.words())));
        }
        var steps = new ArrayList<String>();
        var store = chained(ROOT);
        steps.add("create");
        store.addAll(ids, embeddings, segments);
        steps.add("fill");
        for (int at : new int[] {0, 60, 119}) {
            var best = near(store, texts.get(at).text(), null).getFirst();
            assertThat(best.embeddingId()).isEqualTo(ids.get(at));
            assertThat(best.embedded().text()).isEqualTo(texts.get(at).text());
            assertThat(best.score()).isGreaterThan(0.999);
        }
        var page = texts.get(20).page();
        var filter = metadataKey("page")
                .isEqualTo(page)
                .and(metadataKey("words").isGreaterThan(5))
                .and(metadataKey("page").isNotIn("nowhere", "else"));
        assertThat(near(store, "what is logged cannot fail", filter))
                .isNotEmpty()
                .allMatch(each -> each.embedded().metadata().getString("page").equals(page));
        steps.add("search");
        store.remove(ids.get(60));
        store.removeAll(metadataKey("page").isEqualTo(texts.get(119).page()));
        assertThat(near(store, texts.get(60).text(), null))
                .noneMatch(each -> each.embeddingId().equals(ids.get(60)));
        steps.add("delete");
        // It has no word for changing: what is to change is removed and added again.
        store.remove(ids.get(7));
        store.addAll(
                List.of(ids.get(7)),
                List.of(Embedding.from(Passages.embedding("sextants and stars"))),
                List.of(TextSegment.from("sextants and stars")));
        assertThat(near(store, "sextants and stars", null).getFirst().embeddingId())
                .isEqualTo(ids.get(7));
        steps.add("change");

        server.again();
        var again = chained(ROOT);
        assertThat(near(again, "sextants and stars", null).getFirst().embeddingId())
                .isEqualTo(ids.get(7));
        assertThat(near(again, texts.get(60).text(), null))
                .noneMatch(each -> each.embeddingId().equals(ids.get(60)));
        assertThat(near(again, texts.get(119).text(), null))
                .noneMatch(each -> each.embeddingId().equals(ids.get(119)));
        steps.add("restart");
        // It keeps the reason to itself.
        assertThatThrownBy(() -> near(chained(STRANGER), "sextants", null))
                .hasMessageContaining("Request to Milvus DB failed");
        steps.add("refusal");
        ClientPage.check(ClientPage.jar(MilvusEmbeddingStore.class), steps);
    }
}
