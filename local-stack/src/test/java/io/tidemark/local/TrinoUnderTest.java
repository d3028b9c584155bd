package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tidemark.output.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** A Trino that 'up' has started on a lake, and that 'down' stops. */
public final class TrinoUnderTest {
  private static final Pattern JDBC = Pattern.compile("jdbc:trino:\\S+");

  private final Path lake;
  private final String jdbcUrl;

  private TrinoUnderTest(Path lake, String jdbcUrl) {
    this.lake = lake;
    this.jdbcUrl = jdbcUrl;
  }

  /** Skips the test where there is none; says what is missing. */
  public static void requireJava() {
    assumeThat(JavaHomes.atLeast(Trino.JAVA_RELEASE, JavaHomes.OF_TRINO, System.getenv()))
        .as(
            "A Java %d or later for Trino, which %s can name. Without it nothing of Trino is tested",
            Trino.JAVA_RELEASE, JavaHomes.OF_TRINO)
        .isPresent();
  }

  public static TrinoUnderTest up(Path lake) {
    Matcher url = JDBC.matcher(call(new UpCommand(), "--trino", "--lake=" + lake));
    assertThat(url.find()).isTrue();
    return new TrinoUnderTest(lake, url.group());
  }

  public String jdbcUrl() {
    return jdbcUrl;
  }

  public String upAgain() {
    return call(new UpCommand(), "--lake=" + lake);
  }

  /** Nothing of it is left. */
  public void down() {
    assertThat(call(new DownCommand(), "--lake=" + lake)).contains("Stopped Trino, process ");
    assertThat(ServerProcess.find(Trino.NAME, lake)).isEmpty();
    assertThat(lake.resolve("trino")).doesNotExist();
    assertThat(lake.resolve("trino.pid")).doesNotExist();
  }

  public static void delete(Path folder) throws IOException {
    FileTree.delete(folder);
  }

  private static String call(Object verb, String... arguments) {
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(verb)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(out, true))
            .execute(arguments);
    assertThat(code).as(out::toString).isEqualTo(ExitCode.FINE);
    return out.toString();
  }
}
