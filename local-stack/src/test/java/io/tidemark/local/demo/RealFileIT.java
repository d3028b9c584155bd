package io.tidemark.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.local.LaunchedVerb;
import io.tidemark.local.purchases.Measures;
import io.tidemark.local.purchases.RealPurchases;
import io.tidemark.local.purchases.SalesTables;
import io.tidemark.local.purchases.Truth;
import io.tidemark.table.TestLake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole of the real file with all the trouble, where it lies beside the project. */
class RealFileIT {
  private static final Logger LOG = LoggerFactory.getLogger(RealFileIT.class);
  private static final long LINES = 541_909;

  /** The last day of the file never closes. */
  private static final String TIDEMARK = "2011-12-08";

  @TempDir Path folder;

  @Test
  void theRealPurchasesEndInNumbersThatEqualTheTruth() throws Exception {
    boolean isThere = Files.exists(RealPurchases.FILE);
    LOG.info("The real purchases: {} is {}there", RealPurchases.FILE, isThere ? "" : "not ");
    assumeThat(isThere).isTrue();
    Path lake = folder.resolve("lake");
    JsonNode report = demo(lake);

    assertThat(report.path("ledger_balanced").asBoolean()).isTrue();
    assertThat(report.path("landed").asLong() - report.path("duplicates").asLong())
        .isEqualTo(LINES);
    assertThat(report.path("views"))
        .hasSize(3)
        .allSatisfy(
            view -> {
              assertThat(view.path("drift_after").asLong()).isZero();
              assertThat(view.path("tidemark").asText()).isEqualTo(TIDEMARK);
            });
    try (TestLake opened = TestLake.in(lake)) {
      opened.lake().register(opened.spark());
      SalesTables sales = new SalesTables(opened.spark(), TIDEMARK);
      assertThat(sales.byHourAndCountry())
          .isEqualTo(truth("windows_1h_country", "window_start", "country"));
      assertThat(sales.sliding()).isEqualTo(truth("windows_1h_slide_15min", "window_start"));
      assertThat(sales.byDay()).isEqualTo(truth("daily", "date"));
      assertThat(sales.productsByDay()).isEqualTo(truth("daily", "date"));
    }
  }

  private JsonNode demo(Path lake) throws Exception {
    try (LaunchedVerb demo =
        LaunchedVerb.startAsByDefault(
            folder,
            List.of(
                "demo",
                "--json",
                "--data=" + RealPurchases.FILE,
                "--lake=" + lake,
                "--pipeline=" + Path.of("..", "conf", "retail").toAbsolutePath()))) {
      assertThat(demo.exitCode()).as(demo::errors).isZero();
      JsonNode report = new ObjectMapper().readTree(demo.output());
      LOG.info("The demo on the real purchases: {}", report);
      return report;
    }
  }

  private static Map<String, Measures> truth(String name, String... key) {
    return SalesTables.through(TIDEMARK, Truth.read(RealPurchases.truth(name), key));
  }
}
