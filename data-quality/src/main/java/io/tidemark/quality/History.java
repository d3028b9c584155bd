package io.tidemark.quality;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max_by;

import com.amazon.deequ.anomalydetection.AnomalyDetectionStrategy;
import com.amazon.deequ.anomalydetection.AnomalyDetector;
import com.amazon.deequ.anomalydetection.BatchNormalStrategy;
import com.amazon.deequ.anomalydetection.DataPoint;
import com.amazon.deequ.anomalydetection.RelativeRateOfChangeStrategy;
import io.tidemark.ops.Operations;
import io.tidemark.pipeline.QualityAnomaly;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import scala.Option;
import scala.collection.JavaConverters;

/** The values of metrics on the dates of a table, as {@code ops.quality_metrics} keeps them. */
final class History {
  /** Which metric, of which rows. */
  record Series(String table, String metric, String instance, String filter) {}

  private final Map<Series, SortedMap<LocalDate, Double>> values = new HashMap<>();

  /** Of each date the last value that was measured. */
  static History read(QualityTables tables) {
    History history = new History();
    tables
        .read(Operations.QUALITY_METRICS)
        .ifPresent(
            metrics ->
                metrics
                    .where(col("date").isNotNull().and(col("value").isNotNull()))
                    .groupBy("table_name", "metric", "instance", "filter", "date")
                    .agg(max_by(col("value"), col("measured_at")).as("value"))
                    .collectAsList()
                    .forEach(history::add));
    return history;
  }

  private void add(Row row) {
    put(
        new Series(
            row.getAs("table_name"),
            row.getAs("metric"),
            row.getAs("instance"),
            row.getAs("filter")),
        row.<java.sql.Date>getAs("date").toLocalDate(),
        row.<Double>getAs("value"));
  }

  void put(Series series, LocalDate date, double value) {
    values.computeIfAbsent(series, of -> new TreeMap<>()).put(date, value);
  }

  /** The value of a date; empty if it was never measured. */
  OptionalDouble value(Series series, LocalDate date) {
    Double value = values.getOrDefault(series, new TreeMap<>()).get(date);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** What the verdict was: empty if nothing is out of the ordinary. */
  record Verdict(boolean isAnomalous, Optional<String> message) {}

  Verdict judge(Series series, LocalDate date, double value, QualityAnomaly anomaly) {
    List<Double> earlier = earlier(series, date, anomaly);
    if (Double.isNaN(value)) {
      return new Verdict(true, Optional.of("not a number"));
    }
    if (earlier.size() < anomaly.leastHistory()) {
      return new Verdict(
          false,
          Optional.of(
              "only %d earlier dates to compare with; %d are needed"
                  .formatted(earlier.size(), anomaly.leastHistory())));
    }
    List<DataPoint<Object>> points = new ArrayList<>();
    earlier.forEach(each -> points.add(new DataPoint<>(points.size(), Option.apply(each))));
    boolean isAnomalous =
        new AnomalyDetector(strategy(anomaly))
            .isNewPointAnomalous(
                JavaConverters.asScalaBuffer(points).toList(),
                new DataPoint<>(points.size(), Option.apply(value)))
            .anomalies()
            .nonEmpty();
    return new Verdict(
        isAnomalous, isAnomalous ? Optional.of(compared(earlier)) : Optional.empty());
  }

  private List<Double> earlier(Series series, LocalDate date, QualityAnomaly anomaly) {
    List<Double> earlier = new ArrayList<>();
    SortedMap<LocalDate, Double> all = values.getOrDefault(series, new TreeMap<>()).headMap(date);
    all.forEach(
        (of, value) -> {
          if (anomaly.compares(date, of) && !Double.isNaN(value)) {
            earlier.add(value);
          }
        });
    return earlier.subList(Math.max(0, earlier.size() - anomaly.history()), earlier.size());
  }

  private static AnomalyDetectionStrategy strategy(QualityAnomaly anomaly) {
    if (anomaly.deviations().isPresent()) {
      Option<Object> factor = Option.apply(anomaly.deviations().get().doubleValue());
      return new BatchNormalStrategy(factor, factor, false);
    }
    // Open where nothing is said: after 0 every other value is infinitely many times as much.
    return new RelativeRateOfChangeStrategy(
        Option.apply(
            anomaly.maxDecrease().map(BigDecimal::doubleValue).orElse(Double.NEGATIVE_INFINITY)),
        Option.apply(
            anomaly.maxIncrease().map(BigDecimal::doubleValue).orElse(Double.POSITIVE_INFINITY)),
        1);
  }

  private static String compared(List<Double> earlier) {
    double mean = earlier.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    return "%d earlier dates have %s on average, the last one %s"
        .formatted(earlier.size(), Figures.of(mean), Figures.of(earlier.get(earlier.size() - 1)));
  }
}
