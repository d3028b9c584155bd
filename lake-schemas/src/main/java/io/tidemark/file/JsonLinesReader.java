package io.tidemark.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads a JSON object a line, each as one column: the object with all numbers and booleans as text,
 * digit for digit. Lines without a character are passed over.
 */
final class JsonLinesReader extends RecordReader {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(LONGEST)
                  .maxNumberLength(LONGEST)
                  .build())
          .build();

  private final StringBuilder text = new StringBuilder();
  private final Map<String, String> names = new HashMap<>();
  private long begun;

  JsonLinesReader(FileText text) {
    super(text);
  }

  @Override
  TextRecord read() {
    begun = 0;
    text.setLength(0);
    int character = first();
    while (character == '\n' || character == '\r') {
      character = first();
    }
    if (character < 0) {
      return null;
    }
    long line = line();
    for (; !endsLine(character); character = character()) {
      text.append((char) character);
      if (text.length() > LONGEST) {
        throw new FaultyFileException("the line has more than %,d characters".formatted(LONGEST));
      }
    }
    begun = line;
    return text.toString().isBlank() ? read() : TextRecord.of(line, object());
  }

  @Override
  long faultyLine() {
    return begun > 0 ? begun : line();
  }

  private String object() {
    StringWriter object = new StringWriter(text.length() + 16);
    try (JsonParser parser = JSON.createParser(text.toString());
        JsonGenerator generator = JSON.createGenerator(object)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new FaultyFileException("the line is not a JSON object. Write one object a line");
      }
      int depth = 0;
      JsonToken token = JsonToken.START_OBJECT;
      do {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (depth == 1 && token == JsonToken.FIELD_NAME) {
          requireOneWay(parser.getText());
        }
        copy(parser, token, generator);
        token = parser.nextToken();
      } while (depth > 0);
      if (token != null) {
        throw new FaultyFileException(
            "the line goes on after its JSON object. Write one object a line");
      }
    } catch (JsonProcessingException e) {
      throw new FaultyFileException(
          "the line is not JSON: %s".formatted(e.getOriginalMessage().replaceAll("\\s+", " ")));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read a text in memory", e);
    }
    return object.toString();
  }

  /** Names of columns do not differ in case, so a name that does is not a column of its own. */
  private void requireOneWay(String name) {
    String known = names.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
    if (known != null && !known.equals(name)) {
      throw new FaultyFileException(
          "the line has the name '%s', which was '%s' before. Write it in one way"
              .formatted(name, known));
    }
  }

  private static void copy(JsonParser parser, JsonToken token, JsonGenerator generator)
      throws IOException {
    if (token == JsonToken.FIELD_NAME || token.isScalarValue()) {
      requireWholeCharacters(parser.getText());
    }
    if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
      generator.writeString(parser.getText());
    } else {
      generator.copyCurrentEvent(parser);
    }
  }

  private static void requireWholeCharacters(String text) {
    if (text.codePoints().anyMatch(code -> Character.getType(code) == Character.SURROGATE)) {
      throw new FaultyFileException(
          "the line has half of a character: an escape \\ud800 to \\udfff without its other half");
    }
  }
}
