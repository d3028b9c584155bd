package io.tidemark.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.Problems;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What landed before stays in its column, which nobody may think to read by another name. */
class RenamedFieldTest {
  private static final String MINUTES = "{'name': 'minutes', 'type': 'int'}";
  private static final String ITEMS =
      "{'name': 'items', 'type': {'type': 'array', 'items': {'type': 'record', 'name': 'Item', 'fields': [%s]}}}";

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

  @ParameterizedTest
  @ValueSource(strings = {"delta", "iceberg"})
  void aFieldThatIsRenamedByAnAliasIsRefusedWithTheWayOut(String format) throws IOException {
    landOne(format, MINUTES);

    assertThat(problems(format, "{'name': 'duration', 'type': 'int', 'aliases': ['minutes']}"))
        .containsExactly(
            "duration: Cannot rename the field minutes of table rides.rides to duration: what landed before stays in its column, and whoever reads duration would miss it. Keep the name minutes in this schema, with duration as its alias: what writers call duration then lands there.");
    assertThat(
            problems(
                format,
                "{'name': 'duration', 'type': 'long', 'aliases': ['minutes'], 'default': 0}"))
        .hasSize(1);
    assertThat(problems(format, "{'name': 'minutes', 'type': 'int', 'aliases': ['duration']}"))
        .isEmpty();
  }

  @Test
  void soIsOneInsideAnArray() throws IOException {
    landOne("delta", ITEMS.formatted(MINUTES));

    assertThat(
            problems(
                "delta",
                ITEMS.formatted("{'name': 'duration', 'type': 'int', 'aliases': ['minutes']}")))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("items.element.duration: Cannot rename the field minutes");
  }

  @Test
  void anotherTypeByAnotherNameIsANewColumn() throws IOException {
    landOne("delta", MINUTES);

    assertThat(
            problems(
                "delta",
                "{'name': 'minutes_text', 'type': 'string', 'aliases': ['minutes'], 'default': ''}"))
        .isEmpty();
    assertThat(
            problems("delta", "{'name': 'minutes_text', 'type': 'string', 'aliases': ['minutes']}"))
        .hasSize(1);
  }

  @Test
  void anAliasThatTheTableNeverHadIsNoFormerName() throws IOException {
    landOne("delta", MINUTES);

    assertThat(
            problems(
                "delta",
                MINUTES
                    + ", {'name': 'seats', 'type': 'int', 'aliases': ['chairs'], 'default': 0}"))
        .isEmpty();
    assertThat(
            problems(
                "delta",
                MINUTES
                    + ", {'name': 'seats', 'type': 'int', 'aliases': ['minutes'], 'default': 0}"))
        .isEmpty();
  }

  /** A row of some values. */
  private void landOne(String format, String fields) throws IOException {
    LakeTable table =
        PipelineTables.open(lake.spark(), pipeline(format, fields)).events().get("rides");
    String[] values =
        Arrays.stream(table.definition().columns().fields())
            .map(RenamedFieldTest::value)
            .toArray(String[]::new);
    table.append(lake.spark().range(1).selectExpr(values), new Commit("rides.land.rides", 0));
  }

  private static String value(StructField column) {
    String value =
        switch (column.dataType().typeName()) {
          case "string" -> "'a'";
          case "timestamp" -> "timestamp'2024-05-01 08:00:00'";
          case "date" -> "date'2024-05-01'";
          case "array" -> "array()";
          default -> "1";
        };
    return "CAST(%s AS %s) AS %s".formatted(value, column.dataType().sql(), column.name());
  }

  private List<String> problems(String format, String fields) throws IOException {
    Problems problems = new Problems();
    LakeCheck.checkTables(lake.spark(), pipeline(format, fields), problems);
    return problems.list().stream()
        .map(problem -> "%s: %s".formatted(problem.key(), problem.message()))
        .toList();
  }

  private Pipeline pipeline(String format, String fields) throws IOException {
    Files.writeString(
        folder.resolve("ride.avsc"),
        """
        {'type': 'record', 'name': 'Ride', 'fields': [
          {'name': 'event_id', 'type': 'string'}, {'name': 'event_type', 'type': 'string'}, {'name': 'event_version', 'type': 'int'},
          {'name': 'event_time', 'type': {'type': 'long', 'logicalType': 'timestamp-millis'}},
          {'name': 'correlation_id', 'type': ['null', 'string']}, {'name': 'causation_id', 'type': ['null', 'string']},
          {'name': 'tenant_id', 'type': ['null', 'string']}, %s]}
        """
            .formatted(fields)
            .replace('\'', '"'));
    Files.writeString(
        folder.resolve("pipeline.yaml"),
        """
        name: rides
        history-from: 2024-05-01
        events:
          - {name: rides, topic: rides, schema: ride.avsc, format: %s}
        """
            .formatted(format));
    return PipelineFile.read(folder);
  }
}
