package io.tidemark.table;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/** All tables of a warehouse, in both formats. */
public final class Lake {
  private Lake() {}

  /** The lake that a session of {@link LakeSession} was opened on. */
  public static Lake of(SparkSession spark) {
    throw new UnsupportedOperationException();
  }

  /**
   * Creates the table unless it is there; adds columns that the definition has and the table lacks.
   */
  public LakeTable create(TableDefinition definition) {
    throw new UnsupportedOperationException();
  }

  /** The table of that name, if it is there in this format. */
  public Optional<LakeTable> find(TableDefinition definition) {
    throw new UnsupportedOperationException();
  }

  /**
   * Names of all tables there are, sorted, and makes each readable in SQL by that name in this
   * session.
   */
  public List<String> register(SparkSession spark) {
    throw new UnsupportedOperationException();
  }
}
