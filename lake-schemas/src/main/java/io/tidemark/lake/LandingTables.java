package io.tidemark.lake;

import io.tidemark.dimension.DimensionRows;
import io.tidemark.dimension.DimensionTable;
import io.tidemark.landing.EventsTable;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.schema.EventColumns;
import io.tidemark.schema.RecordFormat;
import io.tidemark.table.LakeTable;
import io.tidemark.table.session.Lake;
import org.apache.spark.sql.SparkSession;

/**
 * The tables of a pipeline as whoever lands records in them needs them: with how records are read.
 */
public record LandingTables(PipelineTables tables, Environment environment) {

  public EventsTable of(EventSource source) {
    Pipeline pipeline = tables.pipeline();
    RecordFormat format =
        RecordFormat.ofEvents(
            EventColumns.reader(source.schema()),
            environment.registry(),
            pipeline.historyFrom(),
            pipeline.maxFuture());
    return new EventsTable(
        tables.events().get(source.name()), format.patient(environment.unknownIdPatience()));
  }

  /** Of one that comes from a topic. */
  public DimensionTable of(DimensionSource source, SparkSession spark) {
    RecordFormat format =
        RecordFormat.ofDimension(
            EventColumns.reader(source.schema()), environment.registry(), source.key());
    LakeTable table = tables.dimensions().get(source.name());
    LakeTable shadow =
        Lake.of(spark)
            .create(
                DimensionRows.shadow(tables.pipeline().table(source.shadow()), table.definition()));
    return new DimensionTable(
        table, shadow, format.patient(environment.unknownIdPatience()), source.key());
  }
}
