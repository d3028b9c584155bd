package io.tidemark.view.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.Problems;
import io.tidemark.view.Readings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemasTest {
  @TempDir private Path folder;

  private String eventSchema;
  private String dimensionSchema;
  private String yaml;

  @BeforeEach
  void describe() throws IOException {
    new Readings(folder).pipeline();
    eventSchema = Files.readString(folder.resolve("Reading.avsc"));
    dimensionSchema = Files.readString(folder.resolve("Site.avsc"));
    yaml =
        """
        name: plant
        history-from: 2020-01-01
        events:
          - name: readings
            topic: readings
            schema: Reading.avsc
            replay:
              fields: {site: upper(Site), small: "nullif(Small, '')"}
              event-id: [site, small]
              key: [site]
              line-number: {field: small, within: site}
        dimensions:
          - {name: sites, topic: sites, schema: Site.avsc, key: [site]}
        """;
  }

  private List<String> problems() throws IOException {
    Files.writeString(folder.resolve("Reading.avsc"), eventSchema);
    Files.writeString(folder.resolve("Site.avsc"), dimensionSchema);
    Files.writeString(folder.resolve("pipeline.yaml"), yaml);
    Pipeline pipeline = PipelineFile.read(folder);
    Problems problems = new Problems();
    Schemas.of(pipeline, problems);
    return problems.list().stream()
        .map(problem -> problem.toString().replace(folder + "/", ""))
        .toList();
  }

  @Test
  void schemasWithTheNamedFieldsHaveNoProblem() throws IOException {
    assertThat(problems()).isEmpty();
  }

  @Test
  void whatElseTheEnvelopeHasIsAConvention() throws IOException {
    eventSchema =
        eventSchema
            .replace(
                "\"event_version\", \"type\": \"int\"", "\"event_version\", \"type\": \"string\"")
            .replace("\"causation_id\"", "\"cause\"")
            .replace("\"tenant_id\"", "\"shop\"");

    assertThat(problems()).isEmpty();
  }

  @Test
  void anEventHasAnIdAndATimeOfTheirTypes() throws IOException {
    eventSchema =
        eventSchema
            .replace("\"event_id\"", "\"id\"")
            .replace("{\"type\": \"long\", \"logicalType\": \"timestamp-micros\"}", "\"long\"");

    assertThat(problems())
        .containsExactly(
            "Reading.avsc: Cannot use this Avro schema: it has no field event_id. Every event needs one, of type STRING.",
            "Reading.avsc: Cannot use the field event_time: its type is BIGINT, and must be TIMESTAMP.");
  }

  @Test
  void aFieldHasANameThatAColumnCanHave() throws IOException {
    eventSchema = eventSchema.replace("\"rough\"", "\"date\"");
    dimensionSchema = dimensionSchema.replace("\"area\"", "\"_area\"");

    assertThat(problems())
        .hasSize(2)
        .anySatisfy(problem -> assertThat(problem).contains("Cannot name a field 'date'"))
        .anySatisfy(problem -> assertThat(problem).contains("Cannot name a field '_area'"));
  }

  @Test
  void thePipelineNamesFieldsThatTheSchemaHas() throws IOException {
    yaml =
        yaml.replace("event-id: [site", "event-id: [place")
            .replace("within: site", "within: shift")
            .replace("small: \"nullif(Small, '')\"", "weight: nullif(Small")
            .replace("key: [site]}", "key: [place]}");

    assertThat(problems())
        .hasSize(5)
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .startsWith("pipeline.yaml:9: readings.replay.event-id: Unknown field 'place'"))
        .anySatisfy(problem -> assertThat(problem).contains("line-number: Unknown field 'shift'"))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .contains("yaml:8: readings.replay.fields: Unknown field 'weight'"))
        .anySatisfy(problem -> assertThat(problem).contains("fields.weight: Cannot understand"))
        .anySatisfy(problem -> assertThat(problem).contains("sites.key: Unknown field 'place'"));
  }

  @Test
  void anExpressionGivesTheSameValueEachTime() throws IOException {
    for (String clock : List.of("now()", "current_date", "rand()", "uuid()", "unix_timestamp()")) {
      String before = yaml;
      yaml = yaml.replace("upper(Site)", "\"concat(Site, " + clock + ")\"");
      assertThat(problems())
          .as(clock)
          .singleElement()
          .asString()
          .matches(
              "pipeline.yaml:\\d+: readings.replay.fields.site: Cannot use the expression concat.*");
      yaml = before;
    }
  }

  @Test
  void whatIsNoAvroRecordIsRefused() throws IOException {
    eventSchema = "\"string\"";
    dimensionSchema = "{\"type\": \"recrod\"}";

    assertThat(problems())
        .hasSize(2)
        .anySatisfy(problem -> assertThat(problem).contains("Reading.avsc: Cannot use this Avro"))
        .anySatisfy(problem -> assertThat(problem).contains("Site.avsc: Cannot read this Avro"));
  }

  @Test
  void aFieldThatNoColumnCanHoldIsRefusedByItsPath() throws IOException {
    dimensionSchema =
        """
        {"type": "record", "name": "Site", "fields": [
          {"name": "site", "type": "string"},
          {"name": "parts", "type": {"type": "array", "items": {"type": "record", "name": "Part", "fields": [
            {"name": "parent", "type": ["null", "Part"], "default": null},
            {"name": "nothing", "type": "null"},
            {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 40, "scale": 2}},
            {"name": "weight", "type": {"type": "int", "logicalType": "timestamp-millis"}},
            {"name": "Weight", "type": ["int", {"type": "long", "logicalType": "timestamp-millis"}]},
            {"name": "empty", "type": {"type": "map", "values": {"type": "record", "name": "Empty", "fields": []}}},
            {"name": "number", "aliases": ["count"], "type": "int"},
            {"name": "amount", "aliases": ["count"], "type": "int"},
            {"name": "small", "type": {"type": "bytes", "logicalType": "decimal", "precision": 2}, "default": "\\u0001\\u0000"}
          ]}}}
        ]}
        """;

    assertThat(problems())
        .extracting(problem -> problem.replace("Site.avsc: Cannot keep the field parts[].", ""))
        .containsExactly(
            "parent: the record Part contains itself, which no column can.",
            "nothing: its type is null alone. Give it a type, or leave it out.",
            "price: decimal(40, 2) has more digits than the 38 of Spark's.",
            "weight: timestamp-millis is not a logical type of int, or lacks something.",
            "Weight: another field differs from it in upper and lower case only.",
            "Weight: int and timestamp-millis become one column, and not all of its numbers would"
                + " mean the same. Take one of the types.",
            "empty{}: the record Empty has no fields.",
            "amount: another field has the alias count, too.",
            "small: its default is not a value of its type. the default of small: a column of"
                + " decimal(2, 0) cannot hold the value 256");
  }
}
