package io.tidemark.schema;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.concurrent.TimeUnit;

/** Decodes sales that have all arrived at one time, by the schemas in a folder. */
record SaleDecoder(RecordDecoder decoder) {
  static final Instant ARRIVED = Instant.parse("2011-03-04T05:06:07Z");

  static SaleDecoder in(Path folder) {
    return new SaleDecoder(new RecordDecoder(format(folder)));
  }

  /** By a landing whose clock says so. */
  static SaleDecoder in(Path folder, Instant clock) {
    return new SaleDecoder(new RecordDecoder(format(folder).at(clock)));
  }

  private static RecordFormat format(Path folder) {
    return RecordFormat.ofEvents(
        SaleRecords.READER, folder.toUri(), LocalDate.parse("2010-12-01"), Duration.ofDays(1));
  }

  RecordDecoder.Decoded decode(byte[] value) throws RejectedRecordException {
    return decoder.decode(value, micros(ARRIVED), false);
  }

  Rejection rejection(byte[] value) {
    return catchThrowableOfType(RejectedRecordException.class, () -> decode(value)).rejection();
  }

  static long micros(Instant time) {
    return TimeUnit.SECONDS.toMicros(time.getEpochSecond());
  }
}
