package io.tidemark.pipeline;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a line of a CSV or JSON-lines file becomes an event. Expressions are Spark SQL over the
 * file's columns, all of them text.
 *
 * @param fields Avro field to expression; a field that is absent takes the column of its own name,
 *     or else its default
 * @param eventId fields whose values, joined by {@code -}, are the event id
 * @param key fields whose values, joined by {@code -}, are the Kafka key; empty for none
 * @param lineNumber the field that numbers the lines of a group from 1, in file order
 * @param arrival the expression of the time at which a record arrives; without it records arrive in
 *     the order of the file
 * @param format how the file itself is written
 * @param places where it stands in a file
 */
public record ReplayMapping(
    Map<String, String> fields,
    List<String> eventId,
    List<String> key,
    Optional<LineNumber> lineNumber,
    Optional<String> arrival,
    FileFormat format,
    Places places) {
  private static final String FIELDS = "fields";
  private static final String EVENT_ID = "event-id";
  private static final String KEY = "key";
  private static final String LINE_NUMBER = "line-number";
  private static final String ARRIVAL = "arrival";

  /** Columns become fields of the same name. */
  public static final ReplayMapping BY_NAME =
      new ReplayMapping(Map.of(), List.of(), List.of(), Optional.empty());

  /** Of a file in UTF-8, whose records arrive in its order. */
  public ReplayMapping(
      Map<String, String> fields,
      List<String> eventId,
      List<String> key,
      Optional<LineNumber> lineNumber) {
    this(fields, eventId, key, lineNumber, Optional.empty(), FileFormat.DEFAULT);
  }

  /** One that stands in no file. */
  public ReplayMapping(
      Map<String, String> fields,
      List<String> eventId,
      List<String> key,
      Optional<LineNumber> lineNumber,
      Optional<String> arrival,
      FileFormat format) {
    this(fields, eventId, key, lineNumber, arrival, format, Places.NONE);
  }

  public ReplayMapping {
    fields = Map.copyOf(fields);
    eventId = List.copyOf(eventId);
    key = List.copyOf(key);
  }

  static ReplayMapping of(Section section) {
    ReplayMapping mapping =
        new ReplayMapping(
            section.properties(FIELDS),
            section.optionalTexts(EVENT_ID),
            section.optionalTexts(KEY),
            section.optionalSection(LINE_NUMBER, LineNumber::of),
            section.optional(ARRIVAL, Value::text),
            FileFormat.of(section),
            Places.of(section));
    section.done();
    return mapping;
  }

  /**
   * Where it stands in a file, for whoever has to mend it.
   *
   * @param fields of each field's expression
   * @param keys of the other keys that are written
   */
  public record Places(Map<String, Place> fields, Map<String, Place> keys) {
    static final Places NONE = new Places(Map.of(), Map.of());

    public Places {
      fields = Map.copyOf(fields);
      keys = Map.copyOf(keys);
    }

    private static Places of(Section section) {
      Map<String, Place> keys = new HashMap<>();
      for (String key : List.of(EVENT_ID, KEY, LINE_NUMBER, ARRIVAL)) {
        section.place(key).ifPresent(place -> keys.put(key, place));
      }
      return new Places(section.places(FIELDS), keys);
    }

    public Optional<Place> field(String name) {
      return Optional.ofNullable(fields.get(name));
    }

    public Optional<Place> eventId() {
      return Optional.ofNullable(keys.get(EVENT_ID));
    }

    public Optional<Place> key() {
      return Optional.ofNullable(keys.get(KEY));
    }

    public Optional<Place> lineNumber() {
      return Optional.ofNullable(keys.get(LINE_NUMBER));
    }

    public Optional<Place> arrival() {
      return Optional.ofNullable(keys.get(ARRIVAL));
    }
  }

  /**
   * The field {@code field} counts the lines that share a value of the field {@code within}.
   *
   * @param perFile whether lines of one number are different facts in different files, or the same
   */
  public record LineNumber(String field, String within, boolean perFile) {
    public LineNumber(String field, String within) {
      this(field, within, true);
    }

    static LineNumber of(Section section) {
      String field = section.required("field", Value::text);
      String within = section.required("within", Value::text);
      Boolean perFile = section.optional("per-file", "true", Value::truth);
      section.done();
      return new LineNumber(field, within, perFile == null || perFile);
    }
  }

  /** Whether ids are made of the number of a line, and so say nothing of which file it is in. */
  public boolean countsLinesApart() {
    return lineNumber()
        .filter(line -> line.perFile() && eventId.contains(line.field()))
        .isPresent();
  }
}
