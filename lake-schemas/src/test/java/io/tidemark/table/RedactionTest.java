package io.tidemark.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.sql.catalog.lake.credential",
        "spark.sql.catalog.lake.token",
        "spark.sql.catalog.lake.jdbc.password",
        "spark.sql.catalog.lake.s3.access-key-id",
        "spark.sql.catalog.lake.s3.secret-access-key",
        "spark.sql.catalog.lake.s3.sse.key",
        "spark.sql.catalog.lake.gcs.encryption-key",
        "spark.sql.catalog.lake.gcs.decryption-key",
        "spark.sql.catalog.lake.adls.auth.shared-key.account.key",
        "spark.sql.catalog.lake.header.X-Api-Key",
        "spark.hadoop.fs.s3a.access.key",
        "spark.hadoop.fs.s3a.encryption.key",
        "spark.hadoop.fs.s3a.server-side-encryption.key",
        "spark.hadoop.fs.azure.account.key.lake.dfs.core.windows.net",
        "spark.hadoop.fs.gs.auth.service.account.private.key",
        "kafka.sasl.jaas.config",
      })
  void aKeyOfASecretIsKnown(String key) {
    assertThat(Redaction.isSecret(Redaction.REGEX, key, "harmless")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://me:hush@schemas.example.com", "jdbc:postgresql://u:p@db/lake"})
  void soIsAnAddressWithAPassword(String value) {
    assertThat(Redaction.isSecret(Redaction.REGEX, "uri", value)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.sql.catalog.lake.warehouse",
        "spark.hadoop.fs.s3a.endpoint",
        "spark.executor.memory",
        "spark.sql.shuffle.partitions",
        "kafka.key.deserializer",
      })
  void whatIsNoneStaysReadable(String key) {
    assertThat(Redaction.isSecret(Redaction.REGEX, key, "s3a://lake/warehouse")).isFalse();
  }
}
