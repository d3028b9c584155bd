package io.tidemark.landing;

import io.tidemark.schema.StubRegistry;
import io.tidemark.schema.StubRegistry.Manner;
import io.tidemark.schema.StubRegistry.Reply;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;

/** How a registry answers, on good days and on others. */
final class RegistryDays {
  /** Ids below it have a schema that a click can be read by. */
  static final int GOOD_IDS = 6;

  private static final String CLICK = Click.SCHEMA.toString();

  private static final List<String> TEXTS =
      List.of(
          "",
          "null",
          "7",
          "\"int\"",
          "{",
          "\"no.Such\"",
          "{\"type\":\"record\"}",
          "{\"type\":\"record\",\"name\":\"Click\",\"fields\":[]}",
          "[".repeat(3_000),
          "{\"type\":\"array\",\"items\":".repeat(990) + "\"int\"" + "}".repeat(990),
          "x".repeat(60_000),
          CLICK.replace("\"string\"", "\"no.Such\""),
          CLICK.replace("event_id", "id"));

  private RegistryDays() {}

  /** As it is meant to. */
  static Reply well(String path) {
    int id = Integer.parseInt(path.replaceAll("\\D", "0"));
    if (id < 0 || id >= GOOD_IDS + TEXTS.size()) {
      return StubRegistry.NOT_FOUND;
    }
    if (id >= GOOD_IDS) {
      return Reply.schema(TEXTS.get(id - GOOD_IDS));
    }
    // No reader uses a writer's default, and it does not look at the name of a field's type.
    return Reply.schema(
        id % 2 == 0
            ? CLICK
            : CLICK.replace("\"type\":\"string\"", "\"type\":\"string\",\"default\":7"));
  }

  /** Differently each time. */
  static final class Day implements Function<String, Reply> {
    private final SplittableRandom random;
    private final int mood;

    Day(SplittableRandom random) {
      this.random = random;
      this.mood = random.nextInt(4);
    }

    @Override
    public synchronized Reply apply(String path) {
      // On most days it is well mostly, or no batch would ever land before the last try.
      if (random.nextInt(100) < List.of(100, 97, 80, 30).get(mood)) {
        return random.nextInt(10) == 0 ? StubRegistry.NOT_FOUND : well(path);
      }
      return switch (random.nextInt(11)) {
        case 0 -> Reply.of(429, "{}");
        case 1 -> Reply.of(500, "{\"error_code\": 50001}");
        case 2 -> Reply.of(404, "{\"error_code\": 404}");
        case 3 -> new Reply(200, Map.of("Content-Type", "text/html"), "<html/>", Manner.WHOLE);
        case 4 -> new Reply(302, Map.of("Location", "http://127.0.0.1:1"), "", Manner.WHOLE);
        case 5 -> well(path).with(Manner.CUT);
        case 6 -> Reply.of(200, "{\"schemaType\": \"JSON\", \"schema\": \"{}\"}");
        case 7 -> Reply.of(200, "{}");
        case 8 -> random.nextInt(10) == 0 ? Reply.of(403, "{}") : StubRegistry.NOT_FOUND;
        case 9 -> random.nextInt(5) == 0 ? well(path).with(Manner.ENDLESS) : Reply.of(503, "");
        default -> Reply.schema(TEXTS.get(random.nextInt(TEXTS.size())));
      };
    }
  }
}
