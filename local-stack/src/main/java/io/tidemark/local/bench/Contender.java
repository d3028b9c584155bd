package io.tidemark.local.bench;

import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.table.TableFormat;
import java.util.List;
import java.util.Optional;

/** Who takes turns, in this order: each after the one whose lake it works on. */
enum Contender {
  SPARK_LANDS_DELTA("plain Spark, landing to Delta"),
  TIDEMARK_LANDS_DELTA("Tidemark, landing to Delta"),
  SPARK_LANDS_ICEBERG("plain Spark, landing to Iceberg"),
  TIDEMARK_LANDS_ICEBERG("Tidemark, landing to Iceberg"),
  EVERY_DELIVERY("refresh of landed events, no deduplication"),
  REFRESH("Tidemark, refresh of landed events"),
  LAND_AND_REFRESH("Tidemark, landing and refresh together");

  private final String label;

  Contender(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  Pass open(Environment environment, Pipeline pipeline) throws Exception {
    return switch (this) {
      case SPARK_LANDS_DELTA ->
          PlainSparkLanding.open(environment, pipeline.events().get(0), TableFormat.DELTA);
      case SPARK_LANDS_ICEBERG ->
          PlainSparkLanding.open(environment, pipeline.events().get(0), TableFormat.ICEBERG);
      case TIDEMARK_LANDS_DELTA ->
          TidemarkPass.landing(environment, Variants.landing(pipeline, TableFormat.DELTA));
      case TIDEMARK_LANDS_ICEBERG ->
          TidemarkPass.landing(environment, Variants.landing(pipeline, TableFormat.ICEBERG));
      case EVERY_DELIVERY ->
          EveryDeliveryPass.open(environment, Variants.renamed(pipeline, "every_delivery"));
      case REFRESH -> TidemarkPass.refresh(environment, pipeline);
      case LAND_AND_REFRESH -> TidemarkPass.both(environment, pipeline);
    };
  }

  /**
   * Whose lake it works on: refreshes read what another has landed in its turn. {@code
   * EVERY_DELIVERY} lands it if that one takes no turn.
   */
  Contender lake() {
    return switch (this) {
      case EVERY_DELIVERY, REFRESH -> TIDEMARK_LANDS_DELTA;
      default -> this;
    };
  }

  /** What each table that it writes must come to. */
  List<Totals> expected(Delivered delivered) {
    return switch (this) {
      case REFRESH -> List.of(delivered.once());
      case LAND_AND_REFRESH -> List.of(delivered.all(), delivered.once());
      default -> List.of(delivered.all());
    };
  }

  /** Who does the same work without Tidemark. */
  Optional<Contender> baseline() {
    return switch (this) {
      case TIDEMARK_LANDS_DELTA -> Optional.of(SPARK_LANDS_DELTA);
      case TIDEMARK_LANDS_ICEBERG -> Optional.of(SPARK_LANDS_ICEBERG);
      default -> Optional.empty();
    };
  }
}
