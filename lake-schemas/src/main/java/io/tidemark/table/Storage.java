package io.tidemark.table;

import java.util.List;
import org.apache.spark.sql.SparkSession;

/** All tables of one format in a warehouse. */
public interface Storage {
  boolean has(String name);

  /** Creates it unless it is there, and adds the columns it lacks. */
  LakeTable create(TableDefinition definition);

  /**
   * What the format itself would refuse, without looking at the lake.
   *
   * @throws RuntimeException in the words of the format
   */
  void dryRun(TableDefinition definition);

  /** How a table that is there becomes what its definition says. */
  Evolution evolution(TableDefinition definition);

  /** A table that is there. */
  LakeTable table(TableDefinition definition);

  /** Names as in {@link TableDefinition#name()}. */
  List<String> names();

  /** Makes a table readable by its name in SQL. Its schema is there as a database. */
  void register(SparkSession spark, TableName name);
}
