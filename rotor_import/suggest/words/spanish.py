"""Spanish headers."""

from rotor_import.suggest.words.language import Language

SPANISH = Language(
    concepts={
        "firstname": "nombre de pila, primer nombre, nombres, nombre propio",
        "lastname": "apellido, apellidos, primer apellido, apellido paterno, apellido 1",
        "secondlastname": "segundo apellido, apellido materno, apellido 2",
        "name": "nombre",
        "fullname": (
            "nombre completo, nombre y apellido, nombre y apellidos, nombres y apellidos, apellidos y nombre, "
            "apellidos y nombres, apellido y nombre"
        ),
        "company": (
            "empresa, nombre empresa, razon social, compania, nombre de la empresa, nombre comercial, negocio, "
            "organizacion"
        ),
        "source": "origen, fuente, como nos conocio, referido por, procedencia",
        "tags": "etiqueta, etiquetas, categoria, categorias, grupo, grupos",
        "notes": "nota, notas, comentario, comentarios, observacion, observaciones, descripcion",
        "status": "activo, inactivo, estatus, situacion",
        "servicetype": "tipo de servicio",
        "frequency": "frecuencia, frecuencia de servicio",
        "email": (
            "correo, correo electronico, correos, correos electronicos, direccion de correo, direccion de correo "
            "electronico, direccion electronica, email de contacto"
        ),
        "phone": "telefono, telefonos, fono, telf, tlf, tfno, tlfno, telef",
        "mobile": "movil, celular, moviles, celulares, portatil",
        "landline": "fijo",
        "number": "numero, num, nro, numeros",
        "id": "clave, codigo, identificador, folio",
        "work": "trabajo, oficina, laboral",
        "personal": "particular, personal, privado",
        "main": "principal, preferido",
        "other": "otro, otra, adicional, alternativo, secundario, segundo",
        "customer": "cliente, clientes, contacto, contactos, persona, titular, socio, abonado",
        "address": "direccion, domicilio, direccion completa, direcciones",
        "street": "calle, via publica, calle y numero",
        "housenumber": "numero exterior, num exterior, numero de casa, numero calle, no exterior, num ext",
        "unit": "piso, puerta, apartamento, departamento, depto, numero interior, no interior, num int",
        "city": "ciudad, localidad, municipio, poblacion, alcaldia, delegacion",
        "state": "estado, provincia, comunidad autonoma, entidad",
        "zip": "codigo postal, cp, c p, cod postal, codpostal",
        "country": "pais",
        "billing": "facturacion, factura a, fiscal, cobro",
        "shipping": "envio, entrega",
        "service": "servicio",
        "property": "propiedad, inmueble",
        "home": "casa, hogar",
        "else": (
            "propietario, dueno, asignado, asignado a, vendedor, vendedora, asesor, tecnico, empleado, "
            "responsable, agente, comercial, conyuge, esposa, esposo, padre, madre, hijo, hija, emergencia, "
            "creado, creado por, modificado, usuario, proveedor, gerente, encargado, inquilino, asistente, "
            "pareja, referente, atendido"
        ),
        "fact": "tipo, fecha, hora, acepta, consentimiento",
        "invoice": (
            "factura, pedido, orden, presupuesto, cotizacion, recibo, pago, cita, visita, albaran, numero de factura"
        ),
        "row": "fila, linea, consecutivo, renglon",
        "account": "cuenta, numero de cuenta",
        "card": "tarjeta, tarjeta de credito, numero de tarjeta, tarjeta de debito",
        "ssn": (
            "dni, nie, curp, cedula, numero de seguro social, seguro social, pasaporte, documento de identidad, "
            "numero de documento, seguridad social, licencia de conducir"
        ),
        "taxid": "rfc, nif, cif, cuit, rut, ruc",
        "bank": "cuenta bancaria, numero de cuenta bancaria, clabe",
        "password": "contrasena, contrasenia, clave de acceso, clave secreta",
        "gatecode": (
            "codigo de acceso, codigo de entrada, codigo de puerta, codigo de porton, clave de alarma, codigo de alarma"
        ),
        "birthdate": "fecha de nacimiento, nacimiento, cumpleanos, fecha nac, fechanac, f nacimiento",
    },
    fillers="de del la las el los y su o",
    values={
        "yes": "si verdadero",
        "no": "falso",
        "active": "activo activa",
        "inactive": "inactivo inactiva archivado baja",
    },
)
