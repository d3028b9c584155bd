package io.tidemark.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.pipeline.QualityFunctions;
import io.tidemark.table.TableFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another Spark validates the conditions of checks than the one that asks them. */
class FunctionsIT {
  @TempDir private Path folder;

  @Test
  void theFunctionsThatAConditionMayCallAreThoseOfTheSparkThatAsksIt() throws IOException {
    Set<String> present = new TreeSet<>();
    LakeUnderTest.in(folder, TableFormat.ICEBERG)
        .spark()
        .sql("SHOW SYSTEM FUNCTIONS")
        .collectAsList()
        .stream()
        .map((Row row) -> row.getString(0))
        .filter(name -> name.matches("[a-z_0-9]+"))
        .forEach(present::add);

    assertThat(QualityFunctions.names()).isEqualTo(present);
  }
}
