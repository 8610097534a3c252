# For pgxn install, which calls make and make install with a PG_CONFIG: what scripts/install does, in two steps.
all:
	scripts/setup
	bash -c 'source scripts/lib.sh; use_postgres; build_package'

install:
	scripts/install --built target/package

.PHONY: all install
