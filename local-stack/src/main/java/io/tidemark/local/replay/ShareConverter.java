package io.tidemark.local.replay;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads shares from the command line. */
public final class ShareConverter implements ITypeConverter<Share> {
  @Override
  public Share convert(String text) {
    try {
      return Share.of(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
