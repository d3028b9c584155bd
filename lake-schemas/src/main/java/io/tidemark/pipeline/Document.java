package io.tidemark.pipeline;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * One YAML file while it is read: its problems, and which keys were asked for, so that the
 * documents can be held to the code.
 */
final class Document {
  /** What this process has been warned of. */
  private static final Set<String> WARNED = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final UnaryOperator<String> substitution;
  private final Consumer<String> warnings;
  private final Problems problems = new Problems();
  private final Map<String, String> asked = new TreeMap<>();

  private Document(Path file, UnaryOperator<String> substitution, Consumer<String> warnings) {
    this.file = file;
    this.substitution = substitution;
    this.warnings = warnings;
  }

  static Document of(Path file) {
    return of(file, UnaryOperator.identity());
  }

  /** A document whose scalars pass through {@code substitution} before they are parsed. */
  static Document of(Path file, UnaryOperator<String> substitution) {
    return of(file, substitution, Document::warn);
  }

  /**
   * @param warnings is told what should be changed in the file one day, although it still works
   */
  static Document of(Path file, UnaryOperator<String> substitution, Consumer<String> warnings) {
    return new Document(file, substitution, warnings);
  }

  /** A process reads some files again and again. */
  private static void warn(String warning) {
    if (WARNED.add(warning)) {
      LoggerFactory.getLogger(Document.class).warn(warning);
    }
  }

  /**
   * @throws InvalidConfigurationException if there is no YAML mapping to read
   */
  Section root() {
    try {
      Node root =
          new Compose(LoadSettings.builder().setLabel(file.toString()).build())
              .composeString(Text.of(file))
              .orElse(null);
      if (root instanceof MappingNode mapping) {
        return new Section(this, mapping, "");
      }
      add(root, "", "Cannot read the file: it holds no 'key: value' lines.");
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(Mark::getLine).orElse(-1) + 1;
      problems.add(file.toString(), line, "", "Cannot read the YAML: " + YamlProblem.of(e) + ".");
    } catch (YamlEngineException e) {
      problems.add(file.toString(), 0, "", "Cannot read the YAML: " + e.getMessage());
    } catch (NoSuchFileException e) {
      problems.add(file.toString(), 0, "", "Cannot read the file: it is not there.");
    } catch (CharacterCodingException e) {
      problems.add(file.toString(), 0, "", "Cannot read the file: it is not UTF-8.");
    } catch (IOException e) {
      problems.add(file.toString(), 0, "", "Cannot read the file: %s.".formatted(e.getMessage()));
    }
    problems.refuse();
    throw new AssertionError("a document without a root has a problem");
  }

  Path resolve(String path) {
    return file.toAbsolutePath().resolveSibling(path).normalize();
  }

  String substitute(String scalar) {
    return substitution.apply(scalar);
  }

  Problems problems() {
    return problems;
  }

  void add(Node place, String key, String message) {
    problems.add(file.toString(), line(place), key, message);
  }

  /** Warns that a key has another name now. */
  void renamed(Node place, String former, String key) {
    warnings.accept(
        "'%s' in %s, line %d, is now called '%s'. The old name still works."
            .formatted(former, file, line(place), key));
  }

  Place place(Node value, String key) {
    return new Place(file.toString(), line(value), key);
  }

  /** Every key that was asked for, items of lists as {@code []}, with the text of its default. */
  Map<String, String> asked() {
    return asked;
  }

  void ask(String key, String fallback) {
    asked.put(key.replaceAll("\\[\\d+]", "[]"), fallback);
  }

  static int line(Node node) {
    return node == null ? 0 : node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
  }
}
