"""Portuguese headers."""

from rotor_import.suggest.words.language import Language

PORTUGUESE = Language(
    concepts={
        "firstname": "primeiro nome, nome proprio",
        "lastname": "sobrenome, apelido, ultimo nome, sobrenomes, apelidos, nome de familia",
        "name": "nome",
        "fullname": "nome completo, nome e sobrenome, nome e apelido",
        "company": "empresa, nome da empresa, razao social, companhia, nome fantasia, organizacao",
        "source": "origem, fonte, como nos conheceu, indicado por, indicacao",
        "tags": "etiquetas, marcadores, categoria, categorias, grupo, grupos",
        "notes": "notas, observacao, observacoes, obs, comentario, comentarios, anotacoes, descricao",
        "status": "ativo, inativo, situacao, arquivado",
        "servicetype": "tipo de servico",
        "frequency": "frequencia, periodicidade",
        "email": "correio eletronico, correio electronico, endereco de email, endereco eletronico, correio",
        "phone": "telefone, telefones, fone",
        "mobile": "telemovel, celular, celulares, whats",
        "landline": "fixo, residencial",
        "number": "numero, num",
        "id": "codigo, matricula, identificacao",
        "work": "trabalho, escritorio, comercial",
        "personal": "pessoal, particular",
        "main": "principal",
        "other": "outro, outra, adicional, alternativo, secundario",
        "customer": "cliente, clientes, contato, contacto, pessoa, assinante, destinatario",
        "address": "endereco, morada, endereco completo, morada completa, enderecos",
        "street": "rua, logradouro, avenida",
        "housenumber": "numero da casa, numero do endereco, numero porta, numero da porta",
        "unit": "complemento, andar, apto, bloco",
        "city": "cidade, municipio, localidade",
        "state": "estado, uf, distrito, provincia",
        "zip": "cep, codigo postal",
        "country": "pais",
        "billing": "faturamento, cobranca, faturacao",
        "shipping": "entrega, envio",
        "service": "servico",
        "home": "casa, residencia",
        "else": (
            "proprietario, dono, atribuido, vendedor, vendedora, tecnico, funcionario, responsavel, agente, "
            "conjuge, esposa, esposo, pai, mae, filho, filha, emergencia, criado, criado por, modificado, "
            "usuario, utilizador, fornecedor, gerente, inquilino, assistente, atendente, consultor"
        ),
        "fact": "tipo, data, hora, consentimento",
        "invoice": "fatura, pedido, orcamento, recibo, pagamento, ordem, nota fiscal, visita, agendamento",
        "row": "linha, sequencia, ordem numero",
        "account": "conta, numero da conta",
        "card": "cartao, cartao de credito, numero do cartao, cartao de debito",
        "ssn": (
            "cpf, rg, nis, pis, passaporte, bilhete de identidade, cartao de cidadao, carta de conducao, cnh, "
            "seguranca social"
        ),
        "taxid": "cnpj, contribuinte, numero de contribuinte, inscricao estadual",
        "bank": "conta bancaria, agencia e conta, chave pix, pix",
        "password": "senha, palavra passe, palavra chave",
        "gatecode": (
            "codigo do portao, codigo de acesso, codigo da porta, codigo de entrada, codigo do alarme, senha portao"
        ),
        "birthdate": "data de nascimento, nascimento, aniversario, data nasc, dt nascimento",
    },
    fillers="de da do das dos e o a",
    values={
        "yes": "sim verdadeiro",
        "no": "nao falso",
        "active": "ativo ativa",
        "inactive": "inativo inativa arquivado",
    },
)
