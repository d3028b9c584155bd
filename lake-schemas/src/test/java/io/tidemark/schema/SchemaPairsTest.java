package io.tidemark.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.junit.jupiter.api.Test;

/**
 * Whatever a writer's schema and a reader's are, each field holds exactly what was sent, or the
 * record is refused by the name of a field that cannot; what the reader does not know is rescued.
 * {@code -Dtidemark.schema-pairs=N} tries N pairs, {@code -Dtidemark.seed=N} begins elsewhere.
 */
class SchemaPairsTest {
  private static final int PAIRS = Integer.getInteger("tidemark.schema-pairs", 2_000);
  private static final long SEED = Long.getLong("tidemark.seed", 20_240_501L);
  private static final int VALUES = 4;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  @Test
  void eachFieldIsWhatWasSentOrTheRecordIsRefusedByItsName() {
    for (int i = 0; i < PAIRS; i++) {
      Choices choices = Choices.random(SEED + i);
      if (failure(choices) != null) {
        List<Integer> least =
            Choices.shrink(choices.made(), fewer -> failure(Choices.again(fewer)) != null);
        assertThat(failure(Choices.again(least))).as("seed %d, shrunk", SEED + i).isNull();
      }
    }
  }

  @Test
  void anyBytesAreARecordOrRefused() {
    for (int i = 0; i < PAIRS; i++) {
      Choices choices = Choices.random(~SEED + i);
      SchemaPair pair = SchemaPair.of(choices);
      byte[] sent = new RandomValue(choices).encoded(pair.writer());
      WriterSchema writer = WriterSchema.of(pair.writer(), pair.reader());
      for (int j = 0; j < 2 * VALUES; j++) {
        byte[] broken = broken(sent, choices);
        try {
          writer.read(broken, 0);
          writer.rescue(broken, 0);
        } catch (UnreadableException refused) {
          assertThat(refused.rejection())
              .isIn(
                  Rejection.TRUNCATED,
                  Rejection.MALFORMED,
                  Rejection.TRAILING_BYTES,
                  Rejection.INCOMPATIBLE_SCHEMA);
        }
      }
    }
  }

  private static byte[] broken(byte[] sent, Choices choices) {
    if (choices.oneIn(3)) {
      return Arrays.copyOf(sent, choices.below(sent.length + 1));
    }
    byte[] broken = Arrays.copyOf(sent, sent.length + choices.below(12));
    for (int i = choices.below(4) + 1; i > 0 && broken.length > 0; i--) {
      broken[choices.below(broken.length)] = choices.of(0xff, 0x7f, 0x80, 1, 2, 0).byteValue();
    }
    return broken;
  }

  /** Null if all is well. */
  private static String failure(Choices choices) {
    SchemaPair pair = SchemaPair.of(choices);
    if (!ReaderTypes.problems(pair.reader()).isEmpty()) {
      return "%s is refused: %s".formatted(pair.reader(), ReaderTypes.problems(pair.reader()));
    }
    for (int i = 0; i < VALUES; i++) {
      byte[] sent = new RandomValue(choices).encoded(pair.writer());
      String failure;
      try {
        failure = failure(pair, sent);
      } catch (RuntimeException e) {
        failure = e + " at " + Arrays.toString(e.getStackTrace()).substring(0, 800);
      }
      if (failure != null) {
        return "%s%nwriter %s%nreader %s%nvalue %s"
            .formatted(failure, pair.writer(), pair.reader(), read(pair, sent, ExactReading.RAW));
      }
    }
    return null;
  }

  private static String failure(SchemaPair pair, byte[] sent) {
    Object raw = read(pair, sent, ExactReading.RAW);
    Object value = read(pair, sent, ExactReading.CONVERTING);
    ExactReading expected = new ExactReading();
    Object image = expected.image(raw, value, pair.writer(), pair.reader(), "");
    WriterSchema writer = WriterSchema.of(pair.writer(), pair.reader());
    GenericInternalRow row;
    String rescued;
    try {
      row = writer.read(sent, 0);
      rescued = writer.rescue(sent, 0);
    } catch (UnreadableException e) {
      Set<String> refusable = new HashSet<>(expected.refused);
      refusable.addAll(expected.refusable);
      boolean isRight =
          e.rejection() == Rejection.INCOMPATIBLE_SCHEMA && refusable.contains(e.path());
      return isRight ? null : "refused as %s, expected %s".formatted(e, image);
    }
    if (!expected.refused.isEmpty()) {
      return "read in spite of " + expected.refused;
    }
    Object actual = PlainValue.of(row, pair.reader());
    if (!ExactReading.allows(image, actual)) {
      return "read as %s, expected %s".formatted(actual, image);
    }
    Object unknown = UnknownToReader.of(raw, value, pair.writer(), pair.reader());
    return ExactReading.allows(unknown, json(rescued))
        ? null
        : "rescued %s, expected %s".formatted(rescued, unknown);
  }

  private static Object json(String rescued) {
    try {
      return rescued == null ? null : PlainValue.of(JSON.readTree(rescued));
    } catch (IOException e) {
      throw new AssertionError(rescued, e);
    }
  }

  private static Object read(SchemaPair pair, byte[] sent, GenericData data) {
    Schema writer = pair.writer();
    try {
      return new GenericDatumReader<>(writer, writer, data)
          .read(null, DecoderFactory.get().binaryDecoder(sent, null));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
