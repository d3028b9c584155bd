package io.tidemark.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ops.Operations;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.schema.RecordText;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeadLettersIT {
  private static final byte[] BAD = "no\tavro".getBytes(UTF_8);

  @TempDir private Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private Pipeline pipeline(TableFormat format) throws IOException {
    Files.writeString(folder.resolve("click.avsc"), "{}");
    Files.writeString(
        folder.resolve("pipeline.yaml"),
        """
        name: web
        history-from: 2024-01-01
        operations: {format: %s}
        events: [{name: clicks, topic: clicks, schema: click.avsc}]
        views: []
        """
            .formatted(format.name().toLowerCase(Locale.ROOT)));
    return PipelineFile.read(folder);
  }

  private static Row letter(
      String pipeline, String topic, long offset, Integer schema, String reason, String landedAt) {
    return RowFactory.create(
        pipeline,
        pipeline + ".land.clicks",
        3L,
        topic,
        0,
        offset,
        Timestamp.from(Instant.parse("2024-05-01T09:00:00.123Z")),
        "k🔑".getBytes(UTF_8),
        BAD,
        schema,
        "header",
        reason,
        "the first byte is 110, not 0",
        Timestamp.from(Instant.parse(landedAt)),
        "CreateTime",
        List.of(RowFactory.create("trace\u001b", new byte[] {0, -1}), RowFactory.create("x", null)),
        null,
        null,
        null);
  }

  private void land(LakeTable table, StructType columns, Row... letters) {
    table.append(
        lake.spark().createDataFrame(Arrays.asList(letters), columns), new Commit("land", 0));
  }

  private DeadLetterRows deadLetters(TableFormat format) throws IOException {
    return DeadLetterRows.of(lake.spark(), pipeline(format));
  }

  @ParameterizedTest
  @EnumSource
  void theyAreCountedByReasonTopicSchemaAndDay(TableFormat format) throws IOException {
    assertThat(deadLetters(format).counts(lit(true))).isEmpty();
    assertThat(deadLetters(format).at("clicks", 0, 1)).isEmpty();

    TableDefinition definition = Operations.DEAD_LETTERS.table(format);
    land(
        lake.lake().create(definition),
        definition.columns(),
        letter("web", "clicks", 7, null, "bad-magic", "2024-05-01T23:59:59Z"),
        letter("web", "clicks", 9, null, "bad-magic", "2024-05-01T23:59:59Z"),
        letter("web", "clicks", 11, null, "bad-magic", "2024-05-02T00:00:00Z"),
        letter("web", "clicks", 5, 4, "malformed", "2024-05-01T10:00:00Z"),
        letter("web", "clicks", 6, 5, "malformed", "2024-05-01T10:00:00Z"),
        letter("other", "clicks", 1, null, "bad-magic", "2024-05-01T10:00:00Z"));

    assertThat(deadLetters(format).counts(lit(true)))
        .extracting(
            count ->
                "%s %s %s %d, first %d"
                    .formatted(
                        count.reason(),
                        count.schemaId(),
                        count.day(),
                        count.records(),
                        count.offset()))
        .containsExactly(
            "bad-magic null 2024-05-01 2, first 7",
            "bad-magic null 2024-05-02 1, first 11",
            "malformed 4 2024-05-01 1, first 5",
            "malformed 5 2024-05-01 1, first 6");
    assertThat(deadLetters(format).counts(col("schema_id").equalTo(5)))
        .singleElement()
        .satisfies(count -> assertThat(count.offset()).isEqualTo(6));
    assertThat(deadLetters(format).at("clicks", 0, 1)).as("of another pipeline").isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void oneIsShownInFull(TableFormat format) throws IOException {
    TableDefinition definition = Operations.DEAD_LETTERS.table(format);
    land(
        lake.lake().create(definition),
        definition.columns(),
        letter("web", "clicks", 7, null, "bad-magic", "2024-05-01T10:00:00Z"));
    DeadLetter found = deadLetters(format).at("clicks", 0, 7).get(0);
    DeadLetterPage page =
        new DeadLetterPage(
            found, RecordText.of(found.value(), SchemaRegistry.at(folder.toUri())::byId));

    assertThat(page.text().lines())
        .containsExactly(
            "Topic clicks, partition 0, offset 7",
            "  landed     2024-05-01T10:00:00Z, batch 3 of web.land.clicks",
            "  reason     bad-magic, found in its header",
            "  message    the first byte is 110, not 0",
            "  schema     -",
            "  timestamp  2024-05-01T09:00:00.123Z, CreateTime",
            "  key        'k🔑'",
            "  header     trace\uFFFD: 00 ff",
            "  header     x: -",
            "  value      7 bytes",
            "  00000000  6e 6f 09 61 76 72 6f                             |no.avro|",
            "  unread     from byte 0 on: the first byte is 110, not 0");
    assertThat(page.json())
        .startsWith("{\"topic\":\"clicks\",\"partition\":0,\"offset\":7,")
        .contains("\"value\":\"6e6f096176726f\"")
        .contains("{\"key\":\"x\",\"value\":null}")
        .contains("\"decoded\":null,\"decoded_through\":0")
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @EnumSource
  void oneThatHasBecomeAnEventIsNotCountedAndSaysHow(TableFormat format) throws IOException {
    TableDefinition definition = Operations.DEAD_LETTERS.table(format);
    LakeTable table = lake.lake().create(definition);
    land(
        table,
        definition.columns(),
        letter("web", "clicks", 7, null, "bad-magic", "2024-05-01T10:00:00Z"),
        letter("web", "clicks", 8, null, "bad-magic", "2024-05-01T10:00:00Z"));
    table.update(
        lake.spark()
            .sql(
                "SELECT 7L AS offset, timestamp'2024-05-03 08:00:00' AS replayed_at, 'r1' AS"
                    + " replayed_by, 9L AS replayed_batch"),
        List.of("offset"),
        "present.replayed_at IS NULL");

    assertThat(deadLetters(format).counts(lit(true)))
        .singleElement()
        .satisfies(count -> assertThat(count.records()).isEqualTo(1));
    DeadLetter found = deadLetters(format).at("clicks", 0, 7).get(0);
    DeadLetterPage page =
        new DeadLetterPage(
            found, RecordText.of(found.value(), SchemaRegistry.at(folder.toUri())::byId));
    assertThat(page.text()).contains("  replayed   2024-05-03T08:00:00Z, as landing 9, by run r1");
    assertThat(page.json())
        .contains(
            "\"replayed\":{\"at\":\"2024-05-03T08:00:00Z\",\"run\":\"r1\",\"landed_batch\":9}");
  }

  @Test
  void thoseThatAnEarlierVersionHasLandedHaveNoHeaders() throws IOException {
    TableDefinition definition = Operations.DEAD_LETTERS.table(TableFormat.DELTA);
    StructType earlier =
        new StructType(
            Arrays.stream(definition.columns().fields()).limit(14).toArray(StructField[]::new));
    Row letter = letter("web", "clicks", 7, null, "bad-magic", "2024-05-01T10:00:00Z");
    Object[] cells = new Object[earlier.size()];
    Arrays.setAll(cells, letter::get);
    land(
        lake.lake()
            .create(
                new TableDefinition(
                    definition.name(),
                    definition.format(),
                    earlier,
                    definition.date(),
                    definition.pruning())),
        earlier,
        RowFactory.create(cells));

    DeadLetter before = deadLetters(TableFormat.DELTA).at("clicks", 0, 7).get(0);
    assertThat(before.headers()).isNull();
    assertThat(before.timestampType()).isNull();

    // As the next batch of the new version lands beside it.
    lake.lake()
        .create(definition)
        .append(
            lake.spark()
                .createDataFrame(
                    List.of(letter("web", "clicks", 8, null, "bad-magic", "2024-05-02T10:00:00Z")),
                    definition.columns()),
            new Commit("land", 1));
    assertThat(deadLetters(TableFormat.DELTA).at("clicks", 0, 8).get(0).headers()).hasSize(2);
    assertThat(deadLetters(TableFormat.DELTA).at("clicks", 0, 7))
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(before);
  }
}
