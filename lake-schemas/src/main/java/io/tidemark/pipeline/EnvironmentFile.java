package io.tidemark.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * Reads environment files. In them, <code>${NAME}</code> stands for an environment variable, and
 * <code>${file:/path}</code> for the text of a file, so that secrets stand in none of them; <code>
 * $$</code> is a dollar sign.
 */
public final class EnvironmentFile {
  private static final Set<String> ADDED = Set.of("airflow", "kafka", "spark");
  private static final Pattern KEY = Pattern.compile("[a-z][a-z-]*:");

  private EnvironmentFile() {}

  /**
   * @throws InvalidConfigurationException naming every problem with its line
   */
  public static Environment read(Path file) {
    return read(file, System::getenv);
  }

  /**
   * @param variables gives null for a variable that is not set
   */
  static Environment read(Path file, UnaryOperator<String> variables) {
    return read(Document.of(file, new Substitution(variables, file.toAbsolutePath().getParent())));
  }

  static Environment read(Document document) {
    Environment environment = Environment.of(document.root());
    document.problems().refuse();
    return environment;
  }

  /** Adds the problems that {@link #read} would throw. */
  public static Optional<Environment> inspect(Path file, Problems problems) {
    try {
      return Optional.of(read(file));
    } catch (InvalidConfigurationException e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }

  /** Writes an environment so that {@link #read} gives it back. */
  public static void write(Environment environment, Path file) {
    write(text(environment), file);
  }

  /**
   * The same, but what the file says of Airflow, of Kafka's clients and of Spark stays as it is
   * written there: somebody has added it, perhaps with the names of variables that hold secrets.
   */
  public static void update(Environment environment, Path file) {
    Map<String, String> sections = sections(text(environment));
    if (Files.exists(file)) {
      try {
        Map<String, String> written = sections(Files.readString(file, UTF_8));
        written.keySet().retainAll(ADDED);
        written.values().removeIf(section -> section.strip().endsWith("{}"));
        sections.putAll(written);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read the environment file " + file, e);
      }
    }
    write(String.join("", sections.values()), file);
  }

  /** The lines of each key of the file, with what is below it. */
  private static Map<String, String> sections(String yaml) {
    Map<String, String> sections = new LinkedHashMap<>();
    String key = null;
    for (String line : yaml.lines().toList()) {
      if (KEY.matcher(line).lookingAt()) {
        key = line.substring(0, line.indexOf(':'));
      }
      if (key != null) {
        sections.merge(key, line + "\n", String::concat);
      }
    }
    return sections;
  }

  private static void write(String text, Path file) {
    try {
      Files.writeString(file, text, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the environment file " + file, e);
    }
  }

  private static String text(Environment environment) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("brokers", Substitution.escape(environment.brokers()));
    keys.put("registry", registry(environment));
    keys.put("warehouse", Substitution.escape(environment.warehouse().toString()));
    keys.put("checkpoints", Substitution.escape(environment.checkpoints().toString()));
    keys.put("catalog", escape(environment.catalog()));
    keys.put("kafka", escape(environment.kafka()));
    keys.put("spark", escape(environment.spark()));
    environment.airflow().ifPresent(airflow -> keys.put("airflow", airflow(airflow)));
    DumpSettings settings =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setSplitLines(false).build();
    return new Dump(settings).dumpToString(keys);
  }

  private static Object registry(Environment environment) {
    String url = Substitution.escape(environment.registry().toString());
    Duration patience = environment.unknownIdPatience();
    return patience.equals(Environment.PATIENCE)
        ? url
        : new TreeMap<>(
            Map.of("url", url, "unknown-id-patience", patience.toSeconds() + " seconds"));
  }

  private static Map<String, String> airflow(Airflow airflow) {
    Map<String, String> keys = new TreeMap<>(Map.of("url", airflow.url().toString()));
    airflow.username().ifPresent(text -> keys.put("username", text));
    airflow.password().ifPresent(text -> keys.put("password", text));
    airflow.token().ifPresent(text -> keys.put("token", text));
    return escape(keys);
  }

  private static Map<String, String> escape(Map<String, String> properties) {
    Map<String, String> escaped = new TreeMap<>();
    properties.forEach((key, value) -> escaped.put(key, Substitution.escape(value)));
    return escaped;
  }
}
