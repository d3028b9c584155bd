package io.tidemark.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoints of a view's stream, one for each time that it began. The first is the folder
 * itself, the others are numbered below it, and in each stands what it was begun with: a folder is
 * never renamed or emptied, which object stores cannot do at once.
 */
public final class Generations {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FOLDER = "generations";
  private static final String DEFINITION = "definition.json";

  private final Path root;
  private final Configuration hadoop;

  public Generations(Path root, Configuration hadoop) {
    this.root = root;
    this.hadoop = hadoop;
  }

  /** The checkpoint that the stream goes on with. */
  public Path current() {
    return folder(number());
  }

  /** Whether a batch was planned in it. */
  boolean hasBegun() {
    return lastPlanned(current()).isPresent();
  }

  /** What the current one was begun with, if that was kept. */
  Optional<StreamDefinition> definition() {
    return definition(current());
  }

  /** Keeps it beside the current checkpoint, which has been of that definition all along. */
  void adopt(StreamDefinition definition) {
    write(current(), definition);
  }

  /**
   * The stream begins again with its next start; until then the old checkpoint is left as it is.
   */
  void begin(StreamDefinition definition) {
    // A folder in which no batch was planned is as good as new.
    write(folder(hasBegun() ? number() + 1 : number()), definition);
  }

  /** Settings of Spark that the state was made with, and is kept by. */
  Map<String, String> settings() {
    Path folder = current();
    OptionalLong last = lastPlanned(folder);
    Map<String, String> settings = new TreeMap<>();
    if (last.isPresent()) {
      String batch = text(new Path(folder, "offsets/" + last.getAsLong()));
      batch
          .lines()
          .filter(line -> line.startsWith("{") && line.contains("\"conf\""))
          .findFirst()
          .ifPresent(
              line ->
                  json(line)
                      .path("conf")
                      .properties()
                      .forEach(each -> settings.put(each.getKey(), each.getValue().asText())));
    }
    return settings;
  }

  /** Of the last one that was begun; a definition that is not whole begins nothing. */
  private long number() {
    return numbers(new Path(root, FOLDER))
        .filter(
            number ->
                definition(folder(number)).isPresent() || lastPlanned(folder(number)).isPresent())
        .max()
        .orElse(0);
  }

  private Path folder(long number) {
    return number == 0 ? root : new Path(root, FOLDER + "/" + number);
  }

  private OptionalLong lastPlanned(Path checkpoint) {
    return numbers(new Path(checkpoint, "offsets")).max();
  }

  private LongStream numbers(Path folder) {
    try {
      FileSystem files = folder.getFileSystem(hadoop);
      FileStatus[] entries = files.exists(folder) ? files.listStatus(folder) : new FileStatus[0];
      return Arrays.stream(entries)
          .map(entry -> entry.getPath().getName())
          .filter(name -> name.matches("\\d+"))
          .mapToLong(Long::parseLong);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the checkpoint " + root, e);
    }
  }

  private Optional<StreamDefinition> definition(Path checkpoint) {
    Path file = new Path(checkpoint, DEFINITION);
    try {
      return file.getFileSystem(hadoop).exists(file)
          ? StreamDefinition.parse(text(file))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the checkpoint " + root, e);
    }
  }

  private void write(Path checkpoint, StreamDefinition definition) {
    Path file = new Path(checkpoint, DEFINITION);
    try (OutputStream out = file.getFileSystem(hadoop).create(file, true)) {
      out.write(definition.json().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  private String text(Path file) {
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  private JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot parse the checkpoint " + root, e);
    }
  }
}
