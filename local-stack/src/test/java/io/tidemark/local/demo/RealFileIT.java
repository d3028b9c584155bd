package io.tidemark.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.local.LaunchedVerb;
import io.tidemark.local.purchases.Measures;
import io.tidemark.local.purchases.RealPurchases;
import io.tidemark.local.purchases.SalesTables;
import io.tidemark.local.purchases.Truth;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demo as a user runs it: on the whole of the real file with all the trouble, where it lies
 * beside the project, and on generated purchases elsewhere.
 */
class RealFileIT {
  private static final Logger LOG = LoggerFactory.getLogger(RealFileIT.class);
  private static final int GENERATED = 8_000;

  /** The last day of the input never closes. */
  private record Input(String tidemark, long lines, List<String> options) {
    private static final Input REAL =
        new Input("2011-12-08", 541_909, List.of("--data=" + RealPurchases.FILE));
    private static final Input MADE =
        new Input("2010-12-29", GENERATED, List.of("--lines=" + GENERATED));

    static Input present() {
      Input present = Files.exists(RealPurchases.FILE) ? REAL : MADE;
      LOG.info("The input of the demo: {}", present);
      return present;
    }

    boolean isReal() {
      return this == REAL;
    }
  }

  private final Input input = Input.present();

  @TempDir Path folder;

  @Test
  void theReferencePipelineEndsInNumbersThatEqualTheTruth() throws Exception {
    Path lake = folder.resolve("lake");
    JsonNode report = demo(lake);

    assertThat(report.path("ledger_balanced").asBoolean()).isTrue();
    assertThat(report.path("landed").asLong() - report.path("duplicates").asLong())
        .isEqualTo(input.lines());
    assertThat(report.path("dead_letters").path("max-future").asLong()).isPositive();
    assertThat(report.path("views"))
        .hasSize(3)
        .allSatisfy(
            view -> {
              assertThat(view.path("drift_after").asLong()).isZero();
              assertThat(view.path("tidemark").asText()).isEqualTo(input.tidemark());
            });
    try (TestLake opened = TestLake.in(lake)) {
      opened.lake().register(opened.spark());
      SalesTables sales = new SalesTables(opened.spark(), input.tidemark());
      if (input.isReal()) {
        assertThat(sales.byHourAndCountry())
            .isEqualTo(truth("windows_1h_country", "window_start", "country"));
        assertThat(sales.sliding()).isEqualTo(truth("windows_1h_slide_15min", "window_start"));
        assertThat(sales.byDay()).isEqualTo(truth("daily", "date"));
        assertThat(sales.productsByDay()).isEqualTo(truth("daily", "date"));
      } else {
        Path purchases = lake.resolve("input/purchases.csv");
        assertThat(sales.byHourAndCountry()).isEqualTo(closed(Truth.byHourAndCountry(purchases)));
        assertThat(sales.sliding()).isEqualTo(closed(Truth.sliding(purchases)));
      }
    }
  }

  private JsonNode demo(Path lake) throws Exception {
    List<String> verb = new ArrayList<>(List.of("demo", "--json", "--lake=" + lake));
    verb.add("--pipeline=" + Path.of("..", "conf", "retail").toAbsolutePath());
    verb.addAll(input.options());
    try (LaunchedVerb demo = LaunchedVerb.startAsByDefault(folder, verb)) {
      assertThat(demo.exitCode()).as(demo::errors).isZero();
      JsonNode report = new ObjectMapper().readTree(demo.output());
      LOG.info("The demo has reported: {}", report);
      return report;
    }
  }

  private Map<String, Measures> truth(String name, String... key) throws IOException {
    return closed(Truth.read(RealPurchases.truth(name), key));
  }

  private Map<String, Measures> closed(Map<String, Measures> truth) {
    return SalesTables.through(input.tidemark(), truth);
  }
}
