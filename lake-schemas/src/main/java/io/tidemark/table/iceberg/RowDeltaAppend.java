package io.tidemark.table.iceberg;

import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;

/**
 * What Iceberg's writers for Spark take for an append, and is a change of rows: their files join
 * the deletes that the change has already.
 */
record RowDeltaAppend(RowDelta change) implements AppendFiles {
  @Override
  public AppendFiles appendFile(DataFile file) {
    change.addRows(file);
    return this;
  }

  @Override
  public AppendFiles appendManifest(ManifestFile file) {
    throw new UnsupportedOperationException("Cannot add a manifest to a change of rows: " + file);
  }

  @Override
  public AppendFiles set(String property, String value) {
    change.set(property, value);
    return this;
  }

  @Override
  public AppendFiles deleteWith(Consumer<String> delete) {
    change.deleteWith(delete);
    return this;
  }

  @Override
  public AppendFiles stageOnly() {
    change.stageOnly();
    return this;
  }

  @Override
  public AppendFiles scanManifestsWith(ExecutorService executor) {
    change.scanManifestsWith(executor);
    return this;
  }

  @Override
  public AppendFiles toBranch(String branch) {
    change.toBranch(branch);
    return this;
  }

  @Override
  public AppendFiles validateWith(SnapshotAncestryValidator validator) {
    change.validateWith(validator);
    return this;
  }

  @Override
  public Snapshot apply() {
    return change.apply();
  }

  @Override
  public void commit() {
    change.commit();
  }

  @Override
  public Object updateEvent() {
    return change.updateEvent();
  }
}
