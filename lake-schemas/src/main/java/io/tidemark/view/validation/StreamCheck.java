package io.tidemark.view.validation;

import static org.apache.spark.sql.functions.lit;

import io.tidemark.view.SparkMessage;
import io.tidemark.view.View;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.UnsupportedOperationChecker;
import org.apache.spark.sql.catalyst.streaming.InternalOutputModes;
import org.apache.spark.sql.types.StructType;

/** Asks Spark itself whether it can run the view as a stream, which it else says at the start. */
record StreamCheck(View view, SparkSession spark, Map<String, Dataset<Row>> sources) {
  void check(SqlProblems problems) {
    try {
      Map<String, Dataset<Row>> dimensions = new HashMap<>(sources);
      Dataset<Row> events = dimensions.remove(view.events());
      Dataset<Row> rows = view.stream(stream(events.schema()), dimensions);
      UnsupportedOperationChecker.checkForStreaming(
          rows.queryExecution().analyzed(), InternalOutputModes.Update$.MODULE$);
    } catch (Exception e) {
      if (!(e instanceof AnalysisException failure)) {
        throw e;
      }
      problems.refuse(
          1, "run the view as a stream", SparkMessage.clause(failure), "write it without that");
    }
  }

  /** A stream of no rows with these columns. */
  private Dataset<Row> stream(StructType columns) {
    return spark
        .readStream()
        .format("rate")
        .load()
        .select(
            Arrays.stream(columns.fields())
                .map(column -> lit(null).cast(column.dataType()).as(column.name()))
                .toArray(Column[]::new));
  }
}
