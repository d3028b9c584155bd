package io.tidemark.lake;

import io.tidemark.table.CheckpointFiles;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoints of a view's stream, one for each time that it began. The first is the folder
 * itself, the others are numbered below it, and in each stands what it was begun with: a folder is
 * never renamed or emptied, which object stores cannot do at once.
 */
public final class Generations {
  private static final String FOLDER = "generations";
  private static final String DEFINITION = "definition.json";
  private static final String REASON = "reason.txt";

  private final CheckpointFiles first;

  public Generations(Path root, Configuration hadoop) {
    first = new CheckpointFiles(root, hadoop);
  }

  /** The checkpoint that the stream goes on with. */
  public Path current() {
    return last().root();
  }

  /** The checkpoints that a stream may be using: until it restarts, the previous one. */
  public List<Path> read() {
    LongStream begun = numbers().filter(number -> lastPlanned(folder(number)).isPresent());
    return LongStream.concat(LongStream.of(number()), LongStream.of(begun.max().orElse(0)))
        .distinct()
        .mapToObj(number -> folder(number).root())
        .toList();
  }

  /**
   * The folders and files of checkpoints that the stream no longer uses, if it started over before
   * then.
   */
  public List<Path> former(Instant then) {
    if (!hasBegun() || begunAt().filter(then::isAfter).isEmpty()) {
      return List.of();
    }
    long current = number();
    Stream<Path> ofFirst =
        first.names().stream().filter(name -> !name.equals(FOLDER)).map(first::path);
    Stream<Path> others =
        numbers()
            .filter(number -> number > 0 && number < current)
            .mapToObj(number -> folder(number).root());
    return Stream.concat(current > 0 ? ofFirst : Stream.of(), others).toList();
  }

  /** Deletes these. */
  public void delete(List<Path> former) {
    former.forEach(first::deleteAll);
  }

  /** When the current one was begun, if that was kept. */
  Optional<Instant> begunAt() {
    return last().modified(DEFINITION);
  }

  private LongStream numbers() {
    return LongStream.concat(LongStream.of(0), first.numbers(FOLDER));
  }

  /** Whether a batch was planned in it. */
  boolean hasBegun() {
    return lastPlanned(last()).isPresent();
  }

  /** What the current one was begun with, if that was kept. */
  Optional<StreamDefinition> definition() {
    return definition(last());
  }

  /** Keeps it beside the current checkpoint, which has been of that definition all along. */
  void adopt(StreamDefinition definition) {
    last().write(DEFINITION, definition.json());
  }

  /**
   * The stream begins again with its next start; until then the old checkpoint is left as it is.
   *
   * @param reason why, in words
   */
  void begin(StreamDefinition definition, String reason) {
    // A folder in which no batch was planned is as good as new.
    CheckpointFiles next = folder(hasBegun() ? number() + 1 : number());
    next.write(REASON, reason);
    // Last: it makes the folder one of these.
    next.write(DEFINITION, definition.json());
  }

  /** Why the next start begins again and does not go on, if it does and that was kept. */
  Optional<String> reason() {
    boolean beginsAgain = number() > 0 && !hasBegun() && last().has(REASON);
    return beginsAgain ? Optional.of(last().text(REASON)) : Optional.empty();
  }

  /** Settings of Spark that the state was made with, and is kept by. */
  Map<String, String> settings() {
    CheckpointFiles folder = last();
    OptionalLong last = lastPlanned(folder);
    Map<String, String> settings = new TreeMap<>();
    if (last.isPresent()) {
      String batch = folder.text("offsets/" + last.getAsLong());
      batch
          .lines()
          // One that is cut off says nothing; what starts from it refuses it.
          .filter(line -> line.startsWith("{") && line.endsWith("}") && line.contains("\"conf\""))
          .findFirst()
          .ifPresent(
              line ->
                  folder
                      .json(line)
                      .path("conf")
                      .properties()
                      .forEach(each -> settings.put(each.getKey(), each.getValue().asText())));
    }
    return settings;
  }

  private CheckpointFiles last() {
    return folder(number());
  }

  /** Of the last one that was begun; a definition that is not whole begins nothing. */
  private long number() {
    return first
        .numbers(FOLDER)
        .filter(
            number ->
                definition(folder(number)).isPresent() || lastPlanned(folder(number)).isPresent())
        .max()
        .orElse(0);
  }

  private CheckpointFiles folder(long number) {
    return number == 0 ? first : first.at(FOLDER + "/" + number);
  }

  private static OptionalLong lastPlanned(CheckpointFiles checkpoint) {
    return checkpoint.numbers("offsets").max();
  }

  private static Optional<StreamDefinition> definition(CheckpointFiles checkpoint) {
    return checkpoint.has(DEFINITION)
        ? StreamDefinition.parse(checkpoint.text(DEFINITION))
        : Optional.empty();
  }
}
