package io.tidemark.view;

import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.table.TableFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** A made-up pipeline of sensor readings, with a field of each type that matters to a check. */
public record Readings(Path folder) {
  private static final String ENVELOPE =
      """
      {"name": "event_id", "type": "string"},
      {"name": "event_type", "type": "string"},
      {"name": "event_version", "type": "int"},
      {"name": "event_time", "type": {"type": "long", "logicalType": "timestamp-micros"}},
      {"name": "correlation_id", "type": ["null", "string"]},
      {"name": "causation_id", "type": ["null", "string"]},
      {"name": "tenant_id", "type": ["null", "string"]},
      """;
  private static final String READING =
      """
      {"name": "site", "type": "string"},
      {"name": "small", "type": "int"},
      {"name": "large", "type": "long"},
      {"name": "rough", "type": "double"},
      {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 3}},
      {"name": "huge", "type": {"type": "bytes", "logicalType": "decimal", "precision": 38, "scale": 2}},
      {"name": "is_valid", "type": "boolean"},
      {"name": "labels", "type": {"type": "array", "items": "string"}}
      """;
  private static final String SITE =
      """
      {"name": "site", "type": "string"}, {"name": "region", "type": "string"}, {"name": "area", "type": "int"}
      """;

  public Pipeline pipeline(ViewDefinition... views) throws IOException {
    return new Pipeline(
        "plant",
        folder,
        LocalDate.of(2020, 1, 1),
        Duration.ofDays(1),
        TableFormat.DELTA,
        new Pipeline.Landing(Duration.ofSeconds(1), 1000, true),
        new Pipeline.Refresh(Duration.ofSeconds(1), 2, Pipeline.StateStore.MEMORY, 1_000_000),
        List.of(
            new EventSource(
                "readings",
                "readings",
                schema("Reading", ENVELOPE + READING),
                TableFormat.DELTA,
                Optional.empty())),
        List.of(
            new DimensionSource(
                "sites",
                Optional.of("sites"),
                Optional.empty(),
                schema("Site", SITE),
                List.of("site"),
                TableFormat.DELTA,
                Optional.empty())),
        List.of(views));
  }

  public ViewDefinition view(String sql, String... key) {
    return new ViewDefinition(
        "by_site",
        Path.of("by_site.sql"),
        sql,
        List.of(key),
        Duration.ofHours(1),
        TableFormat.ICEBERG);
  }

  private Path schema(String name, String fields) throws IOException {
    String schema =
        "{\"type\": \"record\", \"name\": \"%s\", \"fields\": [%s]}".formatted(name, fields);
    return Files.writeString(folder.resolve(name + ".avsc"), schema);
  }
}
