package io.tidemark.local.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tidemark.lake.PipelineTables;
import io.tidemark.local.LocalStack;
import io.tidemark.local.RegistryChoice;
import io.tidemark.local.purchases.PurchaseGenerator;
import io.tidemark.ops.LedgerBalance;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.LostSpan;
import io.tidemark.ops.OperationTables;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.RetailCopy;
import io.tidemark.report.StatusReport;
import io.tidemark.report.TopicStatus;
import io.tidemark.schema.EventColumns;
import io.tidemark.streaming.Streams;
import io.tidemark.table.TestLake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A topic whose records are gone before they are landed. */
class RetentionIT {
  private static final String PURCHASES = "purchases";
  private static final int RECORDS = 300;

  private final Pipeline retail = PipelineFile.read(RetailCopy.ORIGINAL);

  @TempDir private Path folder;
  private LocalStack stack;
  private TestLake lake;

  @BeforeEach
  void open() throws Exception {
    new PurchaseGenerator(9, RECORDS, 3).writePurchases(folder.resolve("purchases.csv"));
    stack = LocalStack.tethered(root(), RegistryChoice.FOLDER);
    lake = TestLake.in(root());
    Topic.create("products", 1, stack.environment().clientSettings());
  }

  @AfterEach
  void close() {
    lake.close();
    stack.close();
  }

  @Test
  void whatIsGoneStopsLandingAndIsLostForEverOnceThatIsAccepted() throws Exception {
    replay();
    deleteBefore(25);
    land(false);
    assertThat(balance().losses()).containsExactly(new LostSpan(PURCHASES, 0, 0, 25, true));
    replay();
    deleteBefore(RECORDS + 40);

    assertThatThrownBy(() -> land(false))
        .hasMessageContaining("topic 'purchases': the range [300, 340) of partition 0 is gone")
        .hasMessageContaining("./tidemark stream --accept-loss");
    land(true);
    land(false);

    LedgerBalance balance = balance();
    assertThat(balance.problems()).isEmpty();
    assertThat(balance.totals())
        .containsExactly(
            new LedgerSpan(PURCHASES, 0, 0, 2 * RECORDS, 2 * RECORDS - 25 - 40, 0, 0, 25 + 40));
    assertThat(balance.losses())
        .containsExactly(
            new LostSpan(PURCHASES, 0, 0, 25, true),
            new LostSpan(PURCHASES, 0, RECORDS, RECORDS + 40, false));
    lake.lake().register(lake.spark());
    assertThat(lake.spark().table("retail.events").count()).isEqualTo(2 * RECORDS - 25 - 40);
  }

  @Test
  void theTopicsOfAnotherClusterAreNotLanded() throws Exception {
    replay();
    land(false);
    Files.writeString(root().resolve("checkpoints/cluster-id"), "another");
    Files.delete(root().resolve("checkpoints/.cluster-id.crc"));

    assertThatThrownBy(() -> land(false)).hasMessageContaining("the lake is of cluster another");
    assertThatThrownBy(this::replay).hasMessageContaining("the lake is of cluster another");
  }

  @Test
  void eventsComeFromATopicOfAnotherNameOnceThatIsAccepted() throws Exception {
    replay();
    land(false);
    replay();
    Pipeline moved =
        PipelineFile.read(
            RetailCopy.in(folder.resolve("moved"))
                .change(
                    "pipeline.yaml", text -> text.replace("topic: purchases", "topic: purchases2"))
                .folder());
    replay(moved, "purchases2");

    assertThatThrownBy(() -> land(moved, false))
        .hasMessageContaining("with topic 'purchases2': it has landed topic 'purchases'")
        .hasMessageContaining("./tidemark stream --accept-loss");
    assertThat(status(moved).problems())
        .singleElement()
        .asString()
        .startsWith("Topic 'purchases2' is not the topic that landed before");
    land(moved, true);
    land(moved, false);
    replay(moved, "purchases2");
    land(moved, false);

    LedgerBalance balance = balance();
    assertThat(balance.problems()).isEmpty();
    assertThat(balance.totals())
        .containsExactly(
            new LedgerSpan(PURCHASES, 0, 0, 2 * RECORDS, RECORDS, 0, 0, RECORDS),
            new LedgerSpan("purchases2", 0, 0, 2 * RECORDS, 2 * RECORDS, 0, 0, 0));
    assertThat(balance.losses())
        .containsExactly(new LostSpan(PURCHASES, 0, RECORDS, 2 * RECORDS, false));
    lake.lake().register(lake.spark());
    assertThat(
            lake.spark()
                .sql(
                    "SELECT count(*), max(_landed_batch) < (SELECT min(_landed_batch) FROM"
                        + " retail.events WHERE _topic = 'purchases2') FROM retail.events"
                        + " WHERE _topic = 'purchases'")
                .head())
        .isEqualTo(RowFactory.create((long) RECORDS, true));
    StatusReport status = status(moved);
    assertThat(status.problems()).isEmpty();
    assertThat(status.topics())
        .extracting(TopicStatus::topic, TopicStatus::lag, TopicStatus::events)
        .contains(tuple("purchases2", 0L, 2L * RECORDS), tuple(PURCHASES, null, (long) RECORDS));
    assertThatThrownBy(() -> land(true))
        .hasMessageContaining("offsets of topic 'purchases' are in the ledger already");
  }

  private void replay() {
    replay(retail, PURCHASES);
  }

  private void replay(Pipeline pipeline, String topic) {
    ReplaySource source = ReplaySource.of(pipeline, topic).orElseThrow();
    new Replay(
            folder.resolve("purchases.csv"),
            topic,
            1,
            EventColumns.reader(source.schema()),
            source.mapping(),
            new Trouble(9, Share.of("0%"), Share.of("0%"), Share.of("0%"), Share.of("0%")),
            OptionalLong.empty(),
            OptionalLong.empty(),
            false)
        .run(lake.spark(), stack.environment(), delivery -> {});
  }

  private void deleteBefore(long offset) throws Exception {
    try (Admin admin = Admin.create(stack.environment().clientSettings())) {
      admin
          .deleteRecords(
              Map.of(new TopicPartition(PURCHASES, 0), RecordsToDelete.beforeOffset(offset)))
          .all()
          .get();
    }
  }

  private void land(boolean acceptLoss) throws Exception {
    land(retail, acceptLoss);
  }

  private void land(Pipeline pipeline, boolean acceptLoss) throws Exception {
    try (Streams streams =
        Streams.open(lake.spark(), pipeline, stack.environment(), Set.of(), acceptLoss)) {
      streams.landDimensions();
      streams.landEvents();
    }
  }

  private StatusReport status(Pipeline pipeline) {
    return StatusReport.of(
        lake.spark(),
        PipelineTables.open(lake.spark(), pipeline),
        Optional.of(stack.environment()),
        true,
        Instant.now());
  }

  private LedgerBalance balance() {
    return OperationTables.open(lake.lake(), retail.operations())
        .ledger()
        .balance(lake.spark(), retail.name());
  }

  private Path root() {
    return folder.resolve("lake");
  }
}
