package io.tidemark.query;

import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.Verb;
import io.tidemark.lake.VerbSession;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.Environment;
import io.tidemark.table.Looks;
import io.tidemark.table.TableFormat;
import io.tidemark.table.session.Lake;
import java.io.IOException;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a SELECT over the tables of a lake, by their names. */
@Command(
    name = "query",
    mixinStandardHelpOptions = true,
    description = "Runs a SELECT over every table of the lake by name, and prints its rows.",
    footer = {
      "",
      "For example: query \"SELECT * FROM ops.ledger\" --csv",
      "To see what is there: query \"SHOW TABLES\", query \"SHOW TABLES IN ops\","
          + " query \"DESCRIBE ops.ledger\". docs/tables.md says what the columns mean."
    })
public final class QueryCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SELECT", description = "The SQL: a SELECT, SHOW TABLES or DESCRIBE.")
  private String sql;

  @ArgGroup private Style style = new Style();

  @Mixin private LakeOptions lake;

  static final class Style {
    @Option(names = "--csv", description = "Print CSV (RFC 4180), every row.")
    private boolean csv;

    @Option(names = "--json", description = "Print one JSON object per line, every row.")
    private boolean json;
  }

  public static void main(String[] args) {
    System.exit(Verb.run(new QueryCommand(), args));
  }

  @Override
  public Integer call() throws IOException {
    Environment environment = lake.environment();
    try (SparkSession spark = VerbSession.look("query", environment)) {
      Lake all = Lake.of(spark);
      SortedMap<String, TableFormat> tables = all.tables();
      all.register(spark, Mentions.of(sql, tables));
      if (Mentions.beyondRows(sql)) {
        Looks.leaveToSpark(spark);
      }
      printer().print(Looks.measured(Query.run(spark, sql, tables)), spec.commandLine().getOut());
      return ExitCode.FINE;
    } catch (InvalidQueryException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.WRONG_USAGE;
    }
  }

  private RowPrinter printer() {
    if (style.csv) {
      return RowPrinter.CSV;
    }
    return style.json ? RowPrinter.JSON : RowPrinter.TEXT;
  }
}
