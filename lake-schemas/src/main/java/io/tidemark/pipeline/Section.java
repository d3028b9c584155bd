package io.tidemark.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The keys of one mapping in a YAML file. Each is asked for once, by the factory of the record that
 * holds it; what nobody asked for is unknown. A value with a problem reads as null or empty, and
 * the document is refused at the end.
 */
final class Section {
  /** How every problem of a key that is not there begins. */
  static final String REQUIRED = "This key is required";

  private final Document document;
  private final Node place;
  private final String path;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final List<String> known = new ArrayList<>();

  /** The key whose value stands where the section would. */
  private String main;

  /**
   * @param place null for a section that the file leaves out
   */
  Section(Document document, MappingNode place, String path) {
    this(document, place, place == null ? List.of() : place.getValue(), path);
  }

  private Section(Document document, Node place, List<NodeTuple> entries, String path) {
    this.document = document;
    this.place = place;
    this.path = path;
    for (NodeTuple entry : entries) {
      String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      if (keys.putIfAbsent(key, entry.getKeyNode()) != null) {
        document.add(entry.getKeyNode(), at(key), "This key is set twice.");
      }
      values.put(key, entry.getValueNode());
    }
  }

  /**
   * Lets a key that was renamed be written by its former name, too. Called before the key is asked
   * for.
   */
  Section renamed(String former, String key) {
    Node written = keys.remove(former);
    if (written == null) {
      return this;
    }
    Node value = values.remove(former);
    if (keys.putIfAbsent(key, written) == null) {
      values.put(key, value);
      document.renamed(written, at(former), at(key));
    } else {
      document.add(
          written,
          at(former),
          "This key is now called '%s', which is set too. Remove '%s'.".formatted(key, former));
    }
    return this;
  }

  <T> T required(String key, Value<T> value) {
    Optional<Node> node = find(key);
    // Not by map and orElse: a value with a problem is null, and not missing.
    return node.isPresent() ? parse(key, node.get(), value) : missing(key);
  }

  <T> Optional<T> optional(String key, Value<T> value) {
    document.ask(at(key), "");
    return known(key).map(node -> parse(key, node, value));
  }

  /**
   * @param fallback the default, written as it would be in the file
   */
  <T> T optional(String key, String fallback, Value<T> value) {
    document.ask(at(key), fallback);
    T ifAbsent = value.parse(fallback);
    return known(key).map(node -> parse(key, node, value)).orElse(ifAbsent);
  }

  List<String> requiredTexts(String key) {
    Optional<Node> node = find(key);
    if (node.isEmpty()) {
      missing(key);
    } else if (isEmptyList(node.get())) {
      problem(key, "The list is empty. Name at least one.");
    }
    return node.map(list -> texts(key, list)).orElseGet(() -> List.of());
  }

  List<String> optionalTexts(String key) {
    document.ask(at(key), "[]");
    return known(key).map(node -> texts(key, node)).orElseGet(() -> List.of());
  }

  /** A list of values that may be blank. */
  List<String> optionalAny(String key) {
    document.ask(at(key), "[]");
    return known(key).map(node -> texts(key, node, Value::any)).orElseGet(() -> List.of());
  }

  /** A mapping whose keys are not ours to know. */
  Map<String, String> properties(String key) {
    document.ask(at(key), "{}");
    Map<String, String> properties = new LinkedHashMap<>();
    mapping(key)
        .ifPresent(
            mapping -> {
              Section section = new Section(document, mapping, at(key));
              section.values.forEach(
                  (name, node) ->
                      Optional.ofNullable(section.<String>parse(name, node, Value::any))
                          .ifPresent(text -> properties.put(name, text)));
            });
    return properties;
  }

  /** Where a key's value stands, if it is written. */
  Optional<Place> place(String key) {
    return Optional.ofNullable(values.get(key)).map(node -> document.place(node, at(key)));
  }

  /** The same of each of some {@link #properties}. */
  Map<String, Place> places(String key) {
    Map<String, Place> places = new LinkedHashMap<>();
    if (values.get(key) instanceof MappingNode mapping) {
      Section section = new Section(document, mapping, at(key));
      section.values.keySet().forEach(name -> places.put(name, section.place(name).orElseThrow()));
    }
    return places;
  }

  /** A section whose keys all have defaults: absent, it is read as empty. */
  <T> T section(String key, Function<Section, T> factory) {
    return factory.apply(new Section(document, mapping(key).orElse(null), at(key)));
  }

  <T> Optional<T> optionalSection(String key, Function<Section, T> factory) {
    document.ask(at(key), "");
    return mapping(key).map(mapping -> factory.apply(new Section(document, mapping, at(key))));
  }

  /**
   * A section that may be written short: as nothing but the value of one of its keys.
   *
   * @param main that key, which is required
   */
  <T> T requiredSection(String key, String main, Function<Section, T> factory) {
    Node node = find(key).orElse(null);
    if (node instanceof MappingNode mapping) {
      return factory.apply(new Section(document, mapping, at(key)));
    }
    // What it lacks, the whole lacks.
    Section section = new Section(document, place, List.of(), at(key));
    section.main = main;
    if (node != null) {
      section.keys.put(main, node);
      section.values.put(main, node);
    }
    return factory.apply(section);
  }

  /** At least one section; an item with a problem is left out. */
  <T> List<T> requiredEach(String key, Function<Section, T> factory) {
    Optional<Node> node = find(key);
    if (node.isEmpty()) {
      missing(key);
    } else if (isEmptyList(node.get())) {
      problem(key, "The list is empty. Describe at least one.");
    }
    return sections(key, factory);
  }

  /** A list of sections; an item with a problem is left out. */
  <T> List<T> each(String key, Function<Section, T> factory) {
    document.ask(at(key), "[]");
    return sections(key, factory);
  }

  private <T> List<T> sections(String key, Function<Section, T> factory) {
    List<T> items = new ArrayList<>();
    int index = 0;
    for (Node node : known(key).map(node -> items(key, node)).orElseGet(() -> List.of())) {
      String item = at(key) + "[" + index++ + "]";
      if (node instanceof MappingNode mapping) {
        int before = document.problems().list().size();
        T read = factory.apply(new Section(document, mapping, item));
        if (document.problems().list().size() == before) {
          items.add(read);
        }
      } else {
        document.add(node, item, "Cannot read the item: write 'key: value' lines.");
      }
    }
    return items;
  }

  /** Refuses the keys that nobody asked for. */
  void done() {
    keys.forEach(
        (key, node) -> {
          if (!known.contains(key)) {
            document.add(node, at(key), UnknownKey.message(key, known));
            // Whoever misspelt a key has not left it out.
            Nearest.of(key, known)
                .ifPresent(meant -> document.problems().withdraw(at(meant), REQUIRED));
          }
        });
  }

  void problem(String key, String message) {
    document.add(keys.getOrDefault(key, place), at(key), message);
  }

  /**
   * Refuses a key that is asked for already, if it is missing or out of place.
   *
   * @param of what takes it or not
   */
  void require(String key, boolean isRequired, boolean isTaken, String of) {
    Node node = values.get(key);
    if (node == null && isRequired) {
      problem(key, "%s: %s needs it.".formatted(REQUIRED, of));
    } else if (node != null && !isTaken) {
      problem(key, "This key does not apply to %s.".formatted(of));
    } else if (node != null && isRequired && isEmptyList(node)) {
      problem(key, "The list is empty. Name at least one.");
    }
  }

  /** Whether the key is written, whatever stands there. */
  boolean has(String key) {
    return values.containsKey(key);
  }

  /** Where the section begins, from 1. */
  int line() {
    return Document.line(place);
  }

  Document document() {
    return document;
  }

  private Optional<Node> find(String key) {
    document.ask(at(key), "required");
    return known(key);
  }

  private Optional<Node> known(String key) {
    known.add(key);
    return Optional.ofNullable(values.get(key));
  }

  private <T> T missing(String key) {
    document.add(place, at(key), REQUIRED + ".");
    return null;
  }

  private <T> T parse(String key, Node node, Value<T> value) {
    try {
      if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
        return value.parse(document.substitute(scalar.getValue()));
      }
      document.add(node, at(key), "A single text or number is expected here.");
    } catch (IllegalArgumentException e) {
      document.add(node, at(key), e.getMessage());
    }
    return null;
  }

  private List<String> texts(String key, Node node) {
    return texts(key, node, Value::text);
  }

  private List<String> texts(String key, Node node, Value<String> value) {
    List<String> texts = new ArrayList<>();
    for (Node item : items(key, node)) {
      String text = parse(key, item, value);
      if (text != null) {
        texts.add(text);
      }
    }
    return texts;
  }

  private static boolean isEmptyList(Node node) {
    return node instanceof SequenceNode list && list.getValue().isEmpty();
  }

  private List<Node> items(String key, Node node) {
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    document.add(node, at(key), "A list is expected here, for example [a, b].");
    return List.of();
  }

  private Optional<MappingNode> mapping(String key) {
    Node node = known(key).orElse(null);
    if (node != null && !(node instanceof MappingNode)) {
      document.add(node, at(key), "'key: value' lines are expected below this key.");
    }
    return node instanceof MappingNode mapping ? Optional.of(mapping) : Optional.empty();
  }

  private String at(String key) {
    if (key.equals(main)) {
      return path;
    }
    return path.isEmpty() ? key : path + "." + key;
  }
}
