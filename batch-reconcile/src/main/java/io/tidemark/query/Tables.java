package io.tidemark.query;

import static scala.jdk.javaapi.CollectionConverters.asJava;
import static scala.jdk.javaapi.CollectionConverters.asScala;

import io.tidemark.pipeline.Nearest;
import io.tidemark.table.TableFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.UnresolvedNamespace;
import org.apache.spark.sql.catalyst.analysis.UnresolvedTableOrView;
import org.apache.spark.sql.catalyst.plans.logical.DescribeRelation;
import org.apache.spark.sql.catalyst.plans.logical.ShowTables;
import org.apache.spark.sql.catalyst.util.StringUtils;
import org.apache.spark.sql.types.StructType;

/**
 * Which tables a lake has, and which columns they have: in words that are the same for both
 * formats, where Spark would also tell of its own catalog.
 *
 * @param tables by full name
 */
record Tables(SparkSession spark, SortedMap<String, TableFormat> tables) {
  private static final StructType SHOWN =
      StructType.fromDDL("schema STRING, table STRING, format STRING");
  private static final StructType DESCRIBED = StructType.fromDDL("column STRING, type STRING");

  /** {@code schema, table, format} of each table, of all schemas if none is named. */
  Dataset<Row> show(ShowTables asked) {
    List<String> named =
        asked.namespace() instanceof UnresolvedNamespace schema
            ? asJava(schema.multipartIdentifier())
            : List.of();
    String schema = name(named);
    if (!named.isEmpty() && !schemas().contains(schema)) {
      throw new InvalidQueryException(
          "Cannot show the tables of %s: the lake does not have this schema.%s The schemas are: %s"
              .formatted(schema, meant(schema, schemas()), String.join(", ", schemas())),
          null);
    }
    List<Row> rows =
        tables.keySet().stream()
            .filter(table -> named.isEmpty() || schema(table).equals(schema))
            .filter(table -> matches(table(table), asked.pattern().getOrElse(() -> "*")))
            .map(
                table ->
                    RowFactory.create(
                        schema(table),
                        table(table),
                        tables.get(table).name().toLowerCase(Locale.ROOT)))
            .toList();
    return spark.createDataFrame(rows, SHOWN);
  }

  /** {@code column, type} of each column of a table, in order. */
  Dataset<Row> describe(DescribeRelation asked) {
    if (!(asked.relation() instanceof UnresolvedTableOrView relation)
        || !asked.partitionSpec().isEmpty()) {
      throw new InvalidQueryException(
          "Cannot describe this: write DESCRIBE and the name of a table, for example DESCRIBE ops.ledger.",
          null);
    }
    String table = name(asJava(relation.multipartIdentifier()));
    if (!tables.containsKey(table)) {
      throw new InvalidQueryException(
          "Cannot describe %s: the lake does not have this table.%s%nThe tables are: %s"
              .formatted(table, meant(table, tables.keySet()), String.join(", ", tables.keySet())),
          null);
    }
    List<Row> rows =
        Arrays.stream(spark.table("spark_catalog." + table).schema().fields())
            .map(field -> RowFactory.create(field.name(), field.dataType().sql()))
            .toList();
    return spark.createDataFrame(rows, DESCRIBED);
  }

  /**
   * That the lake does not have a table, and which ones it has.
   *
   * @param quoted its name as Spark has it in messages, each part in backticks
   */
  String missing(String quoted) {
    String table = quoted.replace("`", "").replaceFirst("^spark_catalog\\.", "");
    return "the lake does not have the table %s.%s%nThe tables are: %s"
        .formatted(table, meant(table, tables.keySet()), String.join(", ", tables.keySet()));
  }

  private static String meant(String name, Set<String> known) {
    return Nearest.of(name, known).map(" Did you mean %s?"::formatted).orElse("");
  }

  private Set<String> schemas() {
    return tables.keySet().stream()
        .map(Tables::schema)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean matches(String table, String pattern) {
    return StringUtils.filterPattern(asScala(List.of(table)).toSeq(), pattern).nonEmpty();
  }

  /** As SQL has names: in any case. */
  private static String name(List<String> parts) {
    return String.join(".", parts).toLowerCase(Locale.ROOT);
  }

  private static String schema(String table) {
    return table.substring(0, table.indexOf('.'));
  }

  private static String table(String table) {
    return table.substring(table.indexOf('.') + 1);
  }
}
