package io.tidemark.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * The notebooks of a lake: copies of Tidemark's own, in the lake's folder, for their user to
 * change.
 */
final class Notebooks {
  /** What their libraries take while PySpark is built; afterwards it is less than half. */
  private static final long MEGABYTES = 3_900;

  /** Which of ours each copy was made of. */
  private static final String ORIGINS = ".tidemark.properties";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path lake;

  Notebooks(Path lake) {
    this.lake = lake;
  }

  /** Those that Tidemark brings, with their libraries' lock. */
  static Path originals() {
    return Installation.folder().resolve("../../notebooks").normalize();
  }

  /**
   * Libraries that they are run with, made if they are not there.
   *
   * @return the folder of programs
   */
  static Path programs(Map<String, String> variables) {
    return PythonEnvironment.of(
            "notebooks",
            MEGABYTES,
            originals().resolve("requirements.txt"),
            Python.find("Notebooks", variables),
            CacheFolder.of(variables))
        .require();
  }

  Path folder() {
    return lake.resolve("notebooks");
  }

  /** Waits until nobody else opens them: two servers on one lake would overwrite each other. */
  Turn turn() throws IOException {
    return Turn.take(
        ofJupyter().resolve("opening.lock"),
        "Another './tidemark notebooks' is opening %s. Waiting for it.".formatted(lake));
  }

  /** Where Jupyter keeps what it must remember, addresses of servers with their tokens too. */
  Path ofJupyter() {
    return folder().resolve(".jupyter");
  }

  /**
   * A variable by which Jupyter would take somebody else's configuration or kernels, or PySpark
   * another Spark than its own.
   */
  static boolean isOfOthers(String variable) {
    return variable.matches("(SPARK|PYSPARK|JUPYTER|JUPYTERLAB)_.*")
        && !variable.startsWith("SPARK_LOCAL_");
  }

  /**
   * What Jupyter and its kernels find in their environment. Configuration and kernels of the user's
   * own Jupyter are of other libraries, or would let it listen for others.
   */
  Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>();
    variables.put("TIDEMARK_LAKE", lake.toString());
    variables.put("PYTHONPATH", originals().toString());
    variables.put("PYTHONNOUSERSITE", "1");
    variables.put("PYTHONDONTWRITEBYTECODE", "1");
    variables.put("JAVA_HOME", System.getProperty("java.home"));
    variables.put("IPYTHONDIR", ofJupyter().resolve("ipython").toString());
    variables.put("JUPYTER_CONFIG_DIR", ofJupyter().resolve("config").toString());
    variables.put("JUPYTER_DATA_DIR", ofJupyter().resolve("data").toString());
    variables.put("JUPYTER_RUNTIME_DIR", ofJupyter().resolve("runtime").toString());
    variables.put("JUPYTER_PREFER_ENV_PATH", "1");
    return variables;
  }

  /**
   * Puts those that are new into the lake's folder. One that its user has changed stays.
   *
   * @return the names of those of which Tidemark has a newer one than that which was changed
   */
  List<String> prepare() throws IOException {
    Files.createDirectories(folder());
    Path file = folder().resolve(ORIGINS);
    Properties origins = new Properties();
    if (Files.exists(file)) {
      try (var reader = Files.newBufferedReader(file)) {
        origins.load(reader);
      }
    }
    List<String> outdated = new ArrayList<>();
    for (Path original : originalNotebooks()) {
      String name = original.getFileName().toString();
      Path copy = folder().resolve(name);
      String sum = sum(original);
      String known = origins.getProperty(name);
      if (!Files.exists(copy) || !sum.equals(known) && isOf(known, copy)) {
        Files.write(copy, Files.readAllBytes(original));
        origins.setProperty(name, sum);
      } else if (!sum.equals(known)) {
        outdated.add(name);
      }
    }
    try (var writer = Files.newBufferedWriter(file)) {
      origins.store(writer, null);
    }
    return outdated;
  }

  private static List<Path> originalNotebooks() throws IOException {
    try (Stream<Path> files = Files.list(originals())) {
      return files.filter(file -> file.toString().endsWith(".ipynb")).sorted().toList();
    }
  }

  /**
   * Whether nobody has changed its cells since that sum was taken; earlier versions took the
   * file's.
   */
  private static boolean isOf(String sum, Path copy) throws IOException {
    return sum(copy).equals(sum) || sum(Files.readAllBytes(copy)).equals(sum);
  }

  /** Of its cells without their outputs, which every run of a notebook leaves in it. */
  private static String sum(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    StringBuilder sources = new StringBuilder();
    try {
      for (JsonNode cell : JSON.readTree(bytes).path("cells")) {
        sources.append(cell.path("cell_type").asText()).append(text(cell.path("source")));
      }
    } catch (JsonProcessingException notANotebook) {
      return sum(bytes);
    }
    return sum(sources.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** A text, or its lines. */
  private static String text(JsonNode source) {
    StringBuilder text = new StringBuilder(source.asText());
    source.forEach(line -> text.append(line.asText()));
    return text.toString();
  }

  private static String sum(byte[] bytes) {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    return Long.toHexString(sum.getValue());
  }
}
