package io.tidemark.table.delta;

import static java.util.Comparator.comparing;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.DeletionVectorDescriptor;
import scala.Option;

/** What a version of a Delta table no longer has, but remembers. */
record DeltaReplaced(Snapshot present) {
  private static final Column PATH = col("path");

  /** One such file has the vectors of several files of rows. */
  private static final Column VECTORS = col("deletionVector.pathOrInlineDv");

  private static final String RELATIVE = DeletionVectorDescriptor.UUID_DV_MARKER();

  /**
   * Files of rows, and of deletion vectors, replaced for the last time before then; those that were
   * replaced first come first.
   */
  List<Path> files(Instant before) {
    Dataset<Row> vectors = present.allFiles().toDF().where(ofTable());
    return Stream.concat(
            replaced(PATH, present.allFiles().toDF(), present.tombstones().toDF(), before)
                .map(file -> file.as(new Path(URI.create(file.name()))))
                // Others are another table's, of which this one is a clone.
                .filter(file -> !file.path().isAbsolute())
                .map(file -> file.as(new Path(present.deltaLog().dataPath(), file.path()))),
            replaced(VECTORS, vectors, present.tombstones().toDF().where(ofTable()), before)
                .map(file -> file.as(vectors(file.name()))))
        .sorted(comparing(Replaced::at))
        .map(Replaced::path)
        .toList();
  }

  private record Replaced(long at, String name, Path path) {
    Replaced as(Path place) {
      return new Replaced(at, name, place);
    }
  }

  private static Column ofTable() {
    return col("deletionVector.storageType").equalTo(RELATIVE);
  }

  /** A file with vectors is replaced each time that one of them is. */
  private static Stream<Replaced> replaced(
      Column name, Dataset<Row> live, Dataset<Row> tombstones, Instant before) {
    return tombstones
        .groupBy(name.as("name"))
        .agg(max("deletionTimestamp").as("at"))
        .where(col("at").lt(before.toEpochMilli()))
        .join(live.select(name.as("name")), new String[] {"name"}, "left_anti")
        .orderBy("at", "name")
        .select("at", "name")
        .collectAsList()
        .stream()
        .map(row -> new Replaced(row.getLong(0), row.getString(1), null));
  }

  private Path vectors(String name) {
    return new DeletionVectorDescriptor(RELATIVE, name, Option.empty(), 0, 0, Option.empty())
        .absolutePath(present.deltaLog().dataPath());
  }
}
