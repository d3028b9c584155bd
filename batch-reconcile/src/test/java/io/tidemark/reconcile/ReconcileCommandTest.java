package io.tidemark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.ExitCode;
import io.tidemark.cli.Verb;
import io.tidemark.pipeline.RetailCopy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconcileCommandTest {
  @TempDir private Path folder;

  @Test
  void aViewThatABatchCannotProveIsRefusedBeforeTheLakeIsTouched() throws IOException {
    Path pipeline =
        RetailCopy.in(folder)
            .change(
                "views/sales_sliding.sql",
                sql -> sql.replace("count(*) AS line_count", "first(quantity) AS line_count"))
            .folder();
    Path environment =
        Files.writeString(
            folder.resolve("environment.yaml"),
            """
            brokers: 127.0.0.1:9
            registry: registry
            warehouse: warehouse
            checkpoints: checkpoints
            catalog: {type: hadoop}
            """);

    PrintStream console = System.err;
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
    int code;
    try {
      code =
          Verb.run(
              new ReconcileCommand(),
              "--all-views",
              "--all-closed",
              "--pipeline",
              pipeline.toString(),
              "--environment",
              environment.toString(),
              "--outcome",
              folder.resolve("outcome.json").toString());
    } finally {
      System.setErr(console);
    }

    assertThat(told.toString(StandardCharsets.UTF_8))
        .contains("sales_sliding.sql:5: sales_sliding: Cannot use first");
    assertThat(code).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(folder.resolve("warehouse")).doesNotExist();
    assertThat(Files.readString(folder.resolve("outcome.json")))
        .startsWith("{\"outcome\":\"failed\",\"exit_code\":2,\"message\":")
        .contains("sales_sliding: Cannot use first");
  }
}
