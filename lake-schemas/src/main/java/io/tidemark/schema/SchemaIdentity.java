package io.tidemark.schema;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;

/**
 * What of a writer's schema says how its records are read: not its documentation, its defaults and
 * aliases, nor how its text is laid out.
 */
final class SchemaIdentity {
  private final StringBuilder text = new StringBuilder();
  private final Set<String> told = new HashSet<>();

  private SchemaIdentity() {}

  /** The same for two schemas exactly if every record reads the same by both. */
  static String of(Schema schema) {
    SchemaIdentity identity = new SchemaIdentity();
    identity.add(schema);
    byte[] bytes = identity.text.toString().getBytes(StandardCharsets.UTF_8);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot tell schemas apart: no SHA-256", e);
    }
  }

  private void add(Schema schema) {
    text.append(schema.getType());
    switch (schema.getType()) {
      case RECORD, ENUM, FIXED -> addNamed(schema);
      case ARRAY -> add(schema.getElementType());
      case MAP -> add(schema.getValueType());
      case UNION -> {
        text.append(schema.getTypes().size());
        schema.getTypes().forEach(this::add);
      }
      default -> {}
    }
    for (String property : List.of(LogicalType.LOGICAL_TYPE_PROP, "precision", "scale")) {
      add(String.valueOf(schema.getObjectProp(property)));
    }
  }

  /** A name stands for the same type wherever it comes again. */
  private void addNamed(Schema schema) {
    add(schema.getFullName());
    if (!told.add(schema.getFullName())) {
      return;
    }
    switch (schema.getType()) {
      case FIXED -> text.append(schema.getFixedSize());
      case ENUM -> {
        text.append(schema.getEnumSymbols().size());
        schema.getEnumSymbols().forEach(this::add);
      }
      default -> {
        text.append(schema.getFields().size());
        for (Schema.Field field : schema.getFields()) {
          add(field.name());
          add(field.schema());
        }
      }
    }
  }

  /** With its length, so that no two lists of words are the same text. */
  private void add(String word) {
    text.append(word.length()).append(':').append(word);
  }
}
