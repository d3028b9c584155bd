package io.tidemark.dimension;

import static io.tidemark.schema.EventColumns.OFFSET;
import static io.tidemark.schema.EventColumns.PARTITION;
import static io.tidemark.schema.EventColumns.TIMESTAMP;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;

import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The rows of a dimension, which depend on what was delivered and on nothing else: not on the order
 * in which it lands, nor on how it is cut into batches.
 *
 * <p>Within a partition the delivery of the highest offset is the last one. Of the last deliveries
 * of several partitions the one of the latest timestamp counts, of equal ones that of the highest
 * partition. It is deleted by a tombstone of its Kafka key that came after it, by the same rule.
 *
 * @param table has the rows that there are
 * @param shadow has what may still decide about rows: tombstones, what they deleted, and last
 *     deliveries of partitions that do not count now
 * @param key identifies a row
 */
public record DimensionRows(LakeTable table, LakeTable shadow, List<String> key) {
  /** Whether a delivery is a tombstone. */
  static final String TOMBSTONE = "_tombstone";

  /** Where a delivery stands: of the same one in several places, the greatest counts. */
  private static final String PLACE = "place";

  private static final int IN_TABLE = 0;
  private static final int IN_SHADOW = 1;
  private static final int ARRIVING = 2;

  private static final String LAST = "last";

  public DimensionRows {
    key = List.copyOf(key);
  }

  /** The table of that name beside a dimension, which no view reads. */
  public static TableDefinition shadow(String name, TableDefinition dimension) {
    StructType columns = new StructType();
    for (StructField field : dimension.columns().fields()) {
      columns = columns.add(field.name(), field.dataType(), true);
    }
    return new TableDefinition(
        name,
        dimension.format(),
        columns.add(TOMBSTONE, DataTypes.BooleanType, true),
        Optional.empty(),
        List.of());
  }

  /**
   * Takes deliveries in, once per commit. The shadow is written first: a crash in between leaves
   * the table as it was, and nothing forgotten. Several may do so at once.
   *
   * @param deliveries the columns of the shadow; evaluated several times
   */
  void deliver(Dataset<Row> deliveries, Commit commit) {
    if (commit.isIn(table.lastBatch(commit.query())) || deliveries.isEmpty()) {
      return;
    }
    Delivery delivery = new Delivery(deliveries, commit.query());
    delivery.settle(table.rewrite(deliveries.sparkSession(), delivery::addTo, commit));
  }

  /**
   * Ends what a delivery of a query may have left when it was killed: another one may have known
   * more than it had read.
   */
  void settle(SparkSession spark, String query) {
    new Delivery(shadow.read(spark).limit(0), query).settleAgain();
  }

  /**
   * Takes deliveries in under the next number of a query of which several may run.
   *
   * @param least the number is not below
   */
  void deliver(Dataset<Row> deliveries, String query, long least) {
    Delivery delivery = new Delivery(deliveries, query);
    delivery.settle(table.rewriteNext(deliveries.sparkSession(), delivery::addTo, query, least));
  }

  /**
   * One beside others. Each writes what it knows to the shadow before it reads that of the others,
   * so of two at once at least one knows of both, and writes the table again.
   */
  private final class Delivery {
    private final Dataset<Row> deliveries;
    private final String query;
    private OptionalLong read = OptionalLong.empty();

    Delivery(Dataset<Row> deliveries, String query) {
      this.deliveries = deliveries;
      this.query = query;
    }

    /** In each attempt, since what the rows replace of others must be in the shadow as well. */
    Dataset<Row> addTo(Dataset<Row> present) {
      SparkSession spark = deliveries.sparkSession();
      shadow.rewriteNext(
          spark, shadowed -> shadowed(known(present, shadowed, deliveries)), query + ".shadow", 0);
      long version = shadow.version();
      read = OptionalLong.of(version);
      return visible(known(present, shadow.read(spark, version), deliveries));
    }

    /**
     * Until a rewrite changes nothing: whoever writes to the shadow after that reads the table as
     * it is then. So writers do not keep each other awake.
     *
     * @param hasChanged whether the rewrite has changed the table
     */
    void settle(boolean hasChanged) {
      boolean isStale = hasChanged;
      while (isStale && shadow.version() != read.getAsLong()) {
        isStale = again();
      }
    }

    void settleAgain() {
      settle(again());
    }

    private boolean again() {
      return table.rewriteNext(deliveries.sparkSession(), this::addTo, query + ".again", 0);
    }
  }

  private static Dataset<Row> known(
      Dataset<Row> present, Dataset<Row> shadowed, Dataset<Row> arriving) {
    return present
        .withColumn(TOMBSTONE, lit(false))
        .withColumn(PLACE, lit(IN_TABLE))
        .unionByName(shadowed.withColumn(PLACE, lit(IN_SHADOW)), true)
        .unionByName(arriving.withColumn(PLACE, lit(ARRIVING)), true);
  }

  private Dataset<Row> visible(Dataset<Row> known) {
    return last(known)
        .where(col(LAST))
        .as("row")
        .join(tombstones(known).as("tombstone"), DELETES, "left_anti")
        .drop(LAST, PLACE, TOMBSTONE);
  }

  /**
   * What is here stays, also when it comes back into the table: another delivery may replace it
   * there at the same time. There is one row of each key in each partition at most.
   */
  private Dataset<Row> shadowed(Dataset<Row> known) {
    Dataset<Row> deliveries = last(known);
    Dataset<Row> tombstones = tombstones(known);
    Dataset<Row> deleted =
        deliveries
            .where(col(LAST).and(col(PLACE).notEqual(IN_SHADOW)))
            .as("row")
            .join(tombstones.as("tombstone"), DELETES, "left_semi");
    return deliveries
        .where(col(PLACE).equalTo(IN_SHADOW).or(not(col(LAST))))
        .union(deleted)
        .drop(LAST)
        .union(tombstones)
        .drop(PLACE);
  }

  /**
   * The last delivery of each row in each partition, and whether it is the last of all. A row whose
   * partition is not known came from a file, or before partitions were kept: any other is later.
   */
  private Dataset<Row> last(Dataset<Row> known) {
    Column[] row = columns(key.stream());
    Column[] place = columns(Stream.concat(key.stream(), Stream.of(PARTITION)));
    WindowSpec latestFirst =
        Window.partitionBy(row)
            .orderBy(
                col(PARTITION).isNotNull().desc(),
                col(TIMESTAMP).desc_nulls_last(),
                col(PARTITION).desc());
    return latest(known.where(not(col(TOMBSTONE))), place)
        .withColumn(LAST, row_number().over(latestFirst).equalTo(1))
        .where(col(LAST).or(col(PARTITION).isNotNull()));
  }

  private static Dataset<Row> tombstones(Dataset<Row> known) {
    return latest(known.where(TOMBSTONE), col(PARTITION), col(DimensionTable.KEY));
  }

  private static Dataset<Row> latest(Dataset<Row> deliveries, Column... place) {
    Column[] all = columns(Arrays.stream(deliveries.columns()));
    return deliveries
        .groupBy(place)
        .agg(max_by(struct(all), struct(OFFSET, PLACE)).as("latest"))
        .select("latest.*");
  }

  /** Whether a tombstone came after a row of its Kafka key. */
  private static final Column DELETES =
      col("tombstone." + DimensionTable.KEY)
          .equalTo(col("row." + DimensionTable.KEY))
          .and(
              col("tombstone." + PARTITION)
                  .equalTo(col("row." + PARTITION))
                  .and(col("tombstone." + OFFSET).gt(col("row." + OFFSET)))
                  .or(
                      col("tombstone." + PARTITION)
                          .notEqual(col("row." + PARTITION))
                          .and(moment("tombstone").gt(moment("row")))));

  private static Column moment(String side) {
    return struct(col(side + "." + TIMESTAMP), col(side + "." + PARTITION));
  }

  private static Column[] columns(Stream<String> names) {
    return names.map(name -> col("`" + name.replace("`", "``") + "`")).toArray(Column[]::new);
  }
}
