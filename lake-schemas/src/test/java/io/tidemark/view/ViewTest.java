package io.tidemark.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.schema.EventColumns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ViewTest {
  private static final String SQL =
      """
      SELECT window.start AS window_start, readings.site, max(region) AS region
      FROM readings LEFT JOIN sites ON sites.site = readings.site
      GROUP BY window(event_time, '90 minutes', '30 minutes'), readings.site
      """;

  @TempDir private Path folder;

  private View view(String sql, String... key) throws IOException {
    Readings readings = new Readings(folder);
    ViewDefinition definition = readings.view(sql, key);
    Pipeline pipeline = readings.pipeline(definition);
    return View.of(definition, pipeline);
  }

  @Test
  void aViewKnowsItsWindowAndItsSources() throws IOException {
    View view = view(SQL, "window_start", "site");

    assertThat(view.window()).isEqualTo(new Window(Duration.ofMinutes(90), Duration.ofMinutes(30)));
    assertThat(view.events()).isEqualTo("readings");
    assertThat(view.dimensions()).containsExactly("sites");
  }

  @Test
  void aViewReadsTheColumnsOfTheEventsThatItNames() throws IOException {
    assertThat(columns(SQL)).containsExactly("event_time", "site");
    assertThat(
            columns(
                """
                WITH valid AS (SELECT r.event_time, r.SITE, small FROM readings AS r WHERE is_valid)
                SELECT window.start AS window_start, site, max(`large` + small),
                  max(size(filter(labels, label -> label = tenant_id)))
                FROM valid GROUP BY window(event_time, '1 hour'), site"""))
        .containsExactly("event_time", "tenant_id", "site", "small", "large", "is_valid", "labels");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*) FROM (SELECT * FROM readings) GROUP BY window(event_time, '1 hour')",
        "SELECT sum(i) FROM readings AS r(a, b, c, event_time, e, f, g, h, i) GROUP BY window(event_time, '1 hour')",
        "SELECT count(area) FROM readings JOIN sites USING (site) GROUP BY window(event_time, '1 hour')",
        "SELECT sum(IDENTIFIER('small')) FROM readings GROUP BY window(event_time, '1 hour')",
        "SELECT count(area) FROM readings NATURAL JOIN sites GROUP BY window(event_time, '1 hour')"
      })
  void aViewThatDoesNotChooseColumnsByNameReadsAllOfThem(String sql) throws IOException {
    assertThat(columns(sql)).hasSize(15);
  }

  private List<String> columns(String sql) throws IOException {
    Path schema = new Readings(folder).pipeline().events().get(0).schema();
    return view(sql, "window_start", "site")
        .eventColumns(EventColumns.fields(EventColumns.reader(schema)));
  }

  @Test
  void aViewThatJoinsNothingHasNoDimension() throws IOException {
    View view =
        view(
            "SELECT window.start AS window_start FROM readings GROUP BY window(event_time, '1 day')");

    assertThat(view.dimensions()).isEmpty();
    assertThat(view.window()).isEqualTo(new Window(Duration.ofDays(1), Duration.ofDays(1)));
  }

  @Test
  void theVersionChangesWithTheSqlAndTheKeyButNotWithSpaceAroundThem() throws IOException {
    String version = view(SQL, "window_start", "site").version().name();

    assertThat(view("\n  " + SQL + "\n\n", "window_start", "site").version().name())
        .isEqualTo(version);
    assertThat(view(SQL.replace("\n", "\r\n"), "window_start", "site").version().name())
        .isEqualTo(version);
    assertThat(view(SQL.replace("90", "60"), "window_start", "site").version().name())
        .isNotEqualTo(version);
    assertThat(view(SQL, "window_start").version().name()).isNotEqualTo(version);
  }

  @Test
  void theVersionDoesNotChangeWithHowTheSqlIsWritten() throws IOException {
    String version = view(SQL, "window_start", "site").version().name();
    String written =
        """
        -- by the team of sites
        select window.start as window_start,
          readings.site, MAX(region) as region /* of the site */
        from readings left join sites on sites.site=readings.site
        group by Window(event_time, '90 minutes', '30 minutes'), readings.site""";

    assertThat(view(written.replace("\n", "\r\n"), "window_start", "site").version().name())
        .isEqualTo(version);
    assertThat(view(written, "window_start", "site").version().names())
        .contains(version)
        .hasSize(2);
    assertThat(view(written.replace("'90 m", "'90  m"), "window_start", "site").version().name())
        .as("text in quotes")
        .isNotEqualTo(version);
    assertThat(
            view(written.replace("as region", "as REGION"), "window_start", "site")
                .version()
                .name())
        .as("the name of a column")
        .isNotEqualTo(version);
    assertThat(
            view(written.replace("left join", "inner join"), "window_start", "site")
                .version()
                .name())
        .isNotEqualTo(version);
  }

  @Test
  void theVersionChangesWithADeduplicationWindowThatIsNotTheUsualOne() throws IOException {
    String version = view(SQL, "window_start", "site").version().name();

    assertThat(deduplicatedWithin(Duration.ofDays(1)).version().name()).isEqualTo(version);
    assertThat(deduplicatedWithin(Duration.ofDays(2)).version().name()).isNotEqualTo(version);
  }

  private View deduplicatedWithin(Duration window) throws IOException {
    Readings readings = new Readings(folder);
    ViewDefinition usual = readings.view(SQL, "window_start", "site");
    ViewDefinition definition =
        new ViewDefinition(
            usual.name(),
            usual.file(),
            usual.sql(),
            usual.key(),
            usual.lateness(),
            window,
            usual.format());
    return View.of(definition, readings.pipeline(definition));
  }

  @Test
  void aViewWithoutAWindowOrEventsIsRefusedWithItsFile() {
    assertThatThrownBy(() -> view("SELECT count(*) FROM readings"))
        .hasMessageContaining("Cannot read the view by_site (by_site.sql)")
        .hasMessageContaining("it has 0 windows");
    assertThatThrownBy(() -> view("SELECT 1 FROM sites GROUP BY window(event_time, '1 hour')"))
        .hasMessageContaining("it reads these events tables: none");
    assertThatThrownBy(() -> view("SELECT FROM WHERE")).hasMessageContaining("by_site.sql");
  }
}
