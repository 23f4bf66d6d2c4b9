import pytest
from file_servers import s3_server, ssh_server


@pytest.fixture(scope="session")
def ssh(tmp_path_factory):
    with ssh_server(tmp_path_factory.mktemp("ssh")) as one:
        yield one


@pytest.fixture(scope="session")
def s3():
    with s3_server() as one:
        yield one
