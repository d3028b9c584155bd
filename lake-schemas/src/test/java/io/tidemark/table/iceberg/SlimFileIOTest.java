package io.tidemark.table.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.URI;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class SlimFileIOTest {
  private static final String IO = "spark.sql.catalog.lake.io-impl";

  private final Configuration conf = new Configuration();
  private final SlimFileIO io = new SlimFileIO();

  @Test
  void whatSomebodyHasSetArrivesAndSoDoDefaults() throws Exception {
    conf.set("fs.s3a.endpoint", "http://127.0.0.1:9000");
    conf.set("io.file.buffer.size", "8192");

    Configuration arrived = sent(send());

    assertThat(arrived.get("fs.s3a.endpoint")).isEqualTo("http://127.0.0.1:9000");
    assertThat(arrived.get("io.file.buffer.size")).isEqualTo("8192");
    assertThat(arrived.get("hadoop.tmp.dir")).isEqualTo(conf.get("hadoop.tmp.dir"));
  }

  @Test
  void defaultsAreNotSent() throws Exception {
    conf.set("fs.s3a.endpoint", "http://127.0.0.1:9000");
    assertThat(conf.size()).isGreaterThan(100);
    assertThat(send()).hasSizeLessThan(2_000);
  }

  /** Iceberg says how they are sent for each table that it sends. */
  @Test
  void theDriverKeepsItsOwnSettingsHoweverOftenTheyAreSent() throws Exception {
    send();
    send();
    assertThat(io.getConf()).isSameAs(conf);

    Configuration other = new Configuration(false);
    other.set("fs.defaultFS", "file:///elsewhere");
    io.setConf(other);
    io.serializeConfWith(all -> null);

    assertThat(sent(bytes()).get("fs.defaultFS")).isEqualTo("file:///elsewhere");
  }

  @Test
  void itServesCatalogsThatReadByHadoopUnlessTheUserNamesAnother() {
    URI lake = URI.create("file:///lake");
    assertThat(IcebergStorage.catalog(lake, Map.of("type", "jdbc")))
        .containsEntry(IO, SlimFileIO.NAME);
    assertThat(IcebergStorage.catalog(lake, Map.of("type", "rest")))
        .containsEntry(IO, SlimFileIO.NAME);
    assertThat(
            IcebergStorage.catalog(
                lake, Map.of("type", "jdbc", "io-impl", "org.apache.iceberg.aws.s3.S3FileIO")))
        .containsEntry(IO, "org.apache.iceberg.aws.s3.S3FileIO");
    assertThat(
            IcebergStorage.catalog(
                lake, Map.of("catalog-impl", "org.apache.iceberg.aws.glue.GlueCatalog")))
        .doesNotContainKey(IO);
  }

  private byte[] send() throws IOException {
    if (io.getConf() != conf) {
      io.setConf(conf);
    }
    io.serializeConfWith(
        all -> {
          throw new AssertionError("It sends all settings");
        });
    return bytes();
  }

  private byte[] bytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new Holder(io));
    }
    return bytes.toByteArray();
  }

  private static Configuration sent(byte[] bytes) throws Exception {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return ((Holder) in.readObject()).io().getConf();
    }
  }

  private record Holder(SlimFileIO io) implements java.io.Serializable {}
}
