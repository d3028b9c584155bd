package io.tidemark.local.evolution;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The type of a field in a random schema: its Avro, its values, and what they are read back as. */
sealed interface Shape {
  /** As Avro's JSON; {@code name} is unique within the schema. */
  String json(String name);

  /** A value as Avro's generic writer takes it, see {@link Writing}. */
  Object value(Random random);

  /** A number, a text and so on. */
  record Scalar(String avro) implements Shape {
    @Override
    public String json(String name) {
      return avro.equals("date")
          ? "{\"type\": \"int\", \"logicalType\": \"date\"}"
          : "\"" + avro + "\"";
    }

    @Override
    public Object value(Random random) {
      return switch (avro) {
        case "int" -> random.nextInt();
        case "date" -> random.nextInt(20_000);
        case "long" -> random.nextLong();
        case "float" -> random.nextFloat();
        case "double" -> random.nextDouble();
        case "boolean" -> random.nextBoolean();
        default -> "t" + random.nextInt(100);
      };
    }
  }

  /** Exact numbers of so many digits. */
  record Exact(int precision, int scale) implements Shape {
    @Override
    public String json(String name) {
      return "{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": %d, \"scale\": %d}"
          .formatted(precision, scale);
    }

    @Override
    public Object value(Random random) {
      BigInteger bound = BigInteger.TEN.pow(precision);
      return new BigDecimal(new BigInteger(120, random).mod(bound), scale);
    }
  }

  /** A record; a field that is absent in a value is null. */
  record Fields(Map<String, Field> fields) implements Shape {
    public Fields {
      fields = new LinkedHashMap<>(fields);
    }

    @Override
    public String json(String name) {
      return "{\"type\": \"record\", \"name\": \"%s\", \"fields\": [%s]}"
          .formatted(
              name,
              fields.entrySet().stream()
                  .map(each -> each.getValue().json(each.getKey(), name + "_" + each.getKey()))
                  .collect(Collectors.joining(", ")));
    }

    @Override
    public Object value(Random random) {
      Map<String, Object> value = new TreeMap<>();
      fields.forEach((name, field) -> value.put(name, field.value(random)));
      return value;
    }
  }

  /** Up to two of the same. */
  record Many(Shape element) implements Shape {
    @Override
    public String json(String name) {
      return "{\"type\": \"array\", \"items\": %s}".formatted(element.json(name));
    }

    @Override
    public Object value(Random random) {
      return IntStream.range(0, random.nextInt(3))
          .mapToObj(i -> element.value(random))
          .collect(Collectors.toCollection(ArrayList::new));
    }
  }

  /** One of the same under each of up to two names. */
  record Named(Shape element) implements Shape {
    @Override
    public String json(String name) {
      return "{\"type\": \"map\", \"values\": %s}".formatted(element.json(name));
    }

    @Override
    public Object value(Random random) {
      return IntStream.range(0, random.nextInt(3))
          .boxed()
          .collect(Collectors.toMap(i -> "k" + i, i -> element.value(random)));
    }
  }

  /**
   * A field of a record.
   *
   * @param optional whether it may be null
   * @param isNew whether it came after the first schema, and so has a default
   */
  record Field(Shape shape, boolean optional) {
    String json(String name, String unique) {
      String type = shape.json(unique);
      return optional
          ? "{\"name\": \"%s\", \"type\": [\"null\", %s], \"default\": null}".formatted(name, type)
          : "{\"name\": \"%s\", \"type\": %s}".formatted(name, type);
    }

    Object value(Random random) {
      return optional && random.nextInt(4) == 0 ? null : shape.value(random);
    }
  }

  /** Any, of no more than a few levels. */
  static Shape any(Random random, int depth) {
    int kind = random.nextInt(depth > 0 ? 12 : 8);
    return switch (kind) {
      case 0, 1 -> new Scalar("int");
      case 2 -> new Scalar("float");
      case 3 -> new Exact(4 + random.nextInt(20), 2);
      case 4 -> new Scalar("string");
      case 5 -> new Scalar("long");
      case 6 -> new Scalar(random.nextBoolean() ? "boolean" : "date");
      case 7 -> new Scalar("double");
      case 8, 9 -> fields(random, depth - 1);
      case 10 -> new Many(any(random, depth - 1));
      default -> new Named(any(random, depth - 1));
    };
  }

  static Fields fields(Random random, int depth) {
    Map<String, Field> fields = new LinkedHashMap<>();
    for (String name : List.of("a", "b", "c").subList(0, 1 + random.nextInt(3))) {
      fields.put(name, new Field(any(random, depth), random.nextBoolean()));
    }
    return new Fields(fields);
  }
}
