package io.tidemark.reconcile;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.OperationTables;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import io.tidemark.view.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.spark.sql.types.StructType;

/** The pipeline of a {@link Till}, and its tables. */
final class TillTables {
  static final Schema SALE =
      SchemaBuilder.record("sale")
          .fields()
          .requiredString("event_id")
          .name("event_time")
          .type(LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG)))
          .noDefault()
          .optionalString("shop")
          .requiredInt("amount")
          .endRecord();

  static final StructType SHOPS = StructType.fromDDL("name STRING, town STRING, floors INT");

  private TillTables() {}

  static PipelineTables open(TestLake lake, TableFormat format, String sql) {
    return open(lake, format, sql, TableFormat.ICEBERG, List.of());
  }

  /**
   * @param operations the format of the ops tables
   * @param gates checks that hold back seals
   */
  static PipelineTables open(
      TestLake lake,
      TableFormat format,
      String sql,
      TableFormat operations,
      List<QualityCheck> gates) {
    ViewDefinition sales =
        new ViewDefinition(
            "sales",
            Path.of("sales.sql"),
            sql,
            List.of("window_start", "shop"),
            Duration.ofHours(2),
            format);
    Pipeline pipeline =
        new Pipeline(
            "till",
            Path.of("."),
            Till.FIRST,
            Duration.ofDays(1),
            operations,
            new Pipeline.Landing(Duration.ofSeconds(1), 1000, true),
            new Pipeline.Refresh(Duration.ofSeconds(1), 2, Pipeline.StateStore.MEMORY, 1_000_000),
            List.of(new EventSource("events", "sales", schema(lake), format, Optional.empty())),
            sql.contains("shops") ? List.of(shops(format)) : List.of(),
            List.of(sales));
    StructType columns = EventColumns.of(SALE);
    LakeTable events =
        lake.lake()
            .create(
                new TableDefinition(
                    "till.events", format, columns, Optional.of("date"), List.of("event_time")));
    View view = View.of(sales, pipeline);
    Map<String, LakeTable> dimensions =
        view.dimensions().isEmpty()
            ? Map.of()
            : Map.of(
                "shops",
                lake.lake()
                    .create(
                        new TableDefinition(
                            "till.shops", format, SHOPS, Optional.empty(), List.of("name"))));
    LakeTable table = lake.lake().create(view.table(lake.spark(), columns, Map.of("shops", SHOPS)));
    return new PipelineTables(
        pipeline,
        gates,
        Map.of("events", events),
        dimensions,
        Map.of("sales", new PipelineTables.ViewTable(view, table)),
        OperationTables.open(lake.lake(), operations));
  }

  private static Path schema(TestLake lake) {
    try {
      return Files.writeString(lake.warehouse().resolveSibling("sale.avsc"), SALE.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DimensionSource shops(TableFormat format) {
    return new DimensionSource(
        "shops",
        Optional.of("shops"),
        Optional.empty(),
        Path.of("shop.avsc"),
        List.of("name"),
        format,
        Optional.empty());
  }
}
