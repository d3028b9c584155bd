package io.tidemark.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.ConditionalWrites;
import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.VersionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Hadoop that Spark 3.5 comes with, which must not ignore what a writer demands of it. */
class OlderHadoopTest {
  @TempDir private Path folder;

  /** Makes files as the client for S3 of this Hadoop does, but on this machine. */
  public static final class Store extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("s3a:///");
    }
  }

  @Test
  void aWriteUnderAConditionIsRefused() {
    Configuration hadoop = new Configuration(false);
    hadoop.set("fs.s3a.impl", Store.class.getName());

    assertThat(VersionInfo.getVersion()).isLessThan("3.4.2");
    assertThat(ConditionalWrites.problem(URI.create("s3a://" + folder), hadoop).orElseThrow())
        .startsWith("Cannot use s3a:")
        .contains("too old to write a file only if none is there", "3.4.2 or later");
    assertThat(folder).isEmptyDirectory();
  }
}
