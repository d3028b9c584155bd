package io.tidemark.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.RetailCopy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ValidateCommandTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();

  private int validate(String... arguments) {
    return new CommandLine(new ValidateCommand())
        .setOut(new PrintWriter(out, true))
        .execute(arguments);
  }

  @Test
  void theRetailPipelineIsValid() {
    int code = validate("--pipeline", RetailCopy.ORIGINAL.toString());

    assertThat(out.toString())
        .contains(
            "retail is valid. Events: events. Dimensions: products. Views: sales_by_hour_country, sales_by_product_day, sales_sliding.");
    assertThat(code).isEqualTo(ExitCode.FINE);
  }

  /** The retail pipeline with a wrong key in its file, and wrong SQL in a view. */
  private String broken() throws IOException {
    return RetailCopy.in(folder)
        .change("pipeline.yaml", yaml -> yaml.replace("max-future", "max-futur"))
        .change(
            "views/sales_sliding.sql",
            sql -> sql.replace("count(*) AS line_count", "first(quantity) AS line_count"))
        .folder()
        .toString();
  }

  @Test
  void problemsOfTheFileAndOfTheViewsAreToldAtOnceWithFileAndLine() throws IOException {
    int code = validate("--pipeline", broken());

    assertThat(out.toString())
        .contains("2 problems")
        .contains("pipeline.yaml:5: max-futur: Unknown key. Did you mean 'max-future'?")
        .contains("sales_sliding.sql:5: sales_sliding: Cannot use first");
    assertThat(code).isEqualTo(ExitCode.WRONG_USAGE);
  }

  @Test
  void aTypoInAnExpressionIsToldInALineWithFileAndLine() throws IOException {
    Path pipeline =
        RetailCopy.in(folder)
            .change(
                "pipeline.yaml",
                yaml ->
                    yaml.replace("nullif(Description, '')", "nulif(Description, '')")
                        .replace("quantity: Quantity", "quantity: cast(Quantity AS in")
                        .replace("is_product = '1'", "is_product == = '1'"))
            .change("views/sales_by_product_day.sql", sql -> sql.replace("stock_code", "stok_code"))
            .change(
                "views/sales_sliding.sql", sql -> sql.replace("sum(quantity)", "summ(quantity)"))
            .change("views/sales_by_hour_country.sql", sql -> sql.replace("GROUP BY", "GRUOP BY"))
            .folder();

    assertThat(validate("--pipeline", pipeline.toString())).isEqualTo(ExitCode.WRONG_USAGE);

    assertThat(out.toString())
        .contains(
            "pipeline.yaml:28: events.replay.fields.description: Unknown function 'nulif'. Did you mean 'nullif'? The expression is nulif(Description, '')")
        .contains(
            "pipeline.yaml:29: events.replay.fields.quantity: Cannot understand the expression cast(Quantity AS in: Syntax error")
        .contains(
            "pipeline.yaml:48: products.replay.fields.is_product: Cannot understand the expression")
        .containsPattern("sales_by_product_day.sql:\\d+: .*stok_code.*Did you mean")
        .containsPattern(
            "sales_sliding.sql:\\d+: sales_sliding: Unknown function 'summ'. Did you mean 'sum'\\?")
        .containsPattern("sales_by_hour_country.sql:\\d+: .*Cannot understand the SQL")
        .doesNotContain("Project [", "LocalRelation", "SQLSTATE", "== SQL");
    assertThat(out.toString().lines().skip(1).filter(line -> !line.isBlank()))
        .allSatisfy(line -> assertThat(line).containsPattern("\\.(yaml|sql):\\d+: "));
  }

  @Test
  void problemsAreOneJsonObjectForMachines() throws IOException {
    validate("--pipeline", broken(), "--json");

    assertThat(out.toString())
        .startsWith("{\"problems\":[{")
        .contains("\"line\":5")
        .contains("\"key\":\"max-futur\"");
  }

  @Test
  void anEnvironmentFileIsLookedAtToo() throws IOException {
    Path environment = Files.writeString(folder.resolve("environment.yaml"), "brokers: b:9092\n");

    for (String named : List.of("--environment=" + environment, "--lake=" + folder)) {
      out.getBuffer().setLength(0);

      int code = validate("--pipeline", RetailCopy.ORIGINAL.toString(), named);

      assertThat(out.toString()).contains("environment.yaml:1: registry: This key is required");
      assertThat(code).isEqualTo(ExitCode.WRONG_USAGE);
    }
  }
}
