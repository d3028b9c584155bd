package io.tidemark.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;

/**
 * A schema as a registry keeps it: a text, and where the types are that it names and does not
 * define.
 *
 * @param type of the text, {@code AVRO} where the registry says nothing
 */
record RegisteredSchema(String text, String type, List<Reference> references) {
  private static final String AVRO = "AVRO";

  /** No schema that people write has so many; a circle of them would have no end. */
  private static final int REFERENCES = 250;

  /** A schema of another subject. */
  record Reference(String name, String subject, String version) {
    private String place() {
      return "version %s of subject '%s'".formatted(version, subject);
    }
  }

  RegisteredSchema {
    references = List.copyOf(references);
  }

  /** With the type and the references that stand beside it in a registry's JSON. */
  static RegisteredSchema of(String text, JsonNode beside) {
    List<Reference> references = new ArrayList<>();
    beside
        .path("references")
        .forEach(
            reference ->
                references.add(
                    new Reference(
                        reference.path("name").asText(),
                        reference.path("subject").asText(),
                        reference.path("version").asText())));
    return new RegisteredSchema(text, beside.path("schemaType").asText(AVRO), references);
  }

  /**
   * The schema with everything that it refers to. Names and defaults are taken as they are: a
   * writer's default is never used.
   *
   * @param id names it in messages
   * @param find gives a schema that is referred to
   * @throws UnreadableSchemaException if it is not a whole Avro schema
   */
  Schema parsed(int id, Function<Reference, Optional<RegisteredSchema>> find) {
    Schema.Parser parser =
        new Schema.Parser(NameValidator.NO_VALIDATION).setValidateDefaults(false);
    try {
      return parsed("schema " + id, parser, new HashSet<>(), find);
    } catch (StackOverflowError e) {
      throw UnreadableSchemaException.forGood(
          "schema %d is nested too deeply to be read".formatted(id), e);
    }
  }

  private Schema parsed(
      String name,
      Schema.Parser parser,
      Set<String> seen,
      Function<Reference, Optional<RegisteredSchema>> find) {
    if (!type.isEmpty() && !type.equalsIgnoreCase(AVRO)) {
      throw UnreadableSchemaException.forGood(
          "%s is of type %s, not Avro".formatted(name, type), null);
    }
    for (Reference reference : references) {
      if (!seen.add(reference.place())) {
        continue;
      }
      if (seen.size() > REFERENCES) {
        throw UnreadableSchemaException.forGood(
            "%s leads to more than %d others".formatted(name, REFERENCES), null);
      }
      RegisteredSchema found =
          find.apply(reference)
              .orElseThrow(
                  () ->
                      UnreadableSchemaException.forNow(
                          "%s refers to %s in %s, which the registry does not have"
                              .formatted(name, reference.name(), reference.place())));
      found.parsed(
          "%s, which %s refers to,".formatted(reference.place(), name), parser, seen, find);
    }
    try {
      return parser.parse(text);
    } catch (RuntimeException e) { // Avro throws what it happens to meet.
      throw UnreadableSchemaException.forGood(
          "%s cannot be read as Avro: %s".formatted(name, e.getMessage()), e);
    }
  }
}
